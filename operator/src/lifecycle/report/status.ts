import type { PastRotation, RotatedSecretStatus, RotationStatus } from "../../api/rotated-secret.ts";
import { MAX_HISTORY, MAX_NOT_SETTLED, MAX_WORKLOAD_MESSAGE } from "../../api/rotated-secret-status.ts";
import { known } from "../../ports/fact.ts";
import type { EventNote } from "../../ports/reporting.ts";
import { isRolledOut, type Workload } from "../../ports/workloads.ts";
import { selected } from "../rollout/rollout.ts";
import { failureBackOff } from "../rotation/failure-back-off.ts";
import { outcomeOf } from "../rotation/rotation-outcome.ts";
import { wishesOf } from "../rotation/rotation-wishes.ts";
import type { Wait } from "../step.ts";
import { ownTarget } from "../target/ownership.ts";
import { isMarked } from "../target/writes.ts";
import { currentMadeAt, nextDue } from "../times/schedule.ts";
import { isPermitted, nextPermitted } from "../times/windows.ts";
import type { World } from "../world.ts";
import { conditionsOf, stoppedBefore } from "./conditions.ts";

/** The whole status of a resource that waits for this, or for nothing. Equal to the one before where nothing has changed. */
export function statusOf(world: World, waits: readonly Wait[]): RotatedSecretStatus {
  const { metadata, status } = world.resource;
  const { underway, history } = rotations(world, waits);
  const conditions = conditionsOf(world, waits, { underway, last: history[0] });
  return defined({
    observedGeneration: metadata.generation,
    ...ofSource(world, waits),
    currentVersion: ownTarget(world)?.versionId ?? status.currentVersion,
    rotation: underway,
    lastHandledRotateRequest: underway?.request ?? status.lastHandledRotateRequest,
    settled: settled(world, waits),
    workloads: workloads(world, waits),
    history: history.length === 0 ? undefined : history,
    conditions,
  });
}

/** What AWS tells of the secret; told only to who may have it, and else left as it was. */
function ofSource(
  world: World,
  waits: readonly Wait[],
): Pick<RotatedSecretStatus, "secretArn" | "lastRotation" | "nextRotation"> {
  const { secretArn, lastRotation, nextRotation: next } = world.resource.status;
  if (stoppedBefore(waits, "sync")) return defined({ secretArn, lastRotation, nextRotation: next });
  const madeAt = currentMadeAt(world);
  return defined({
    secretArn: secretArn ?? known(world.source)?.secret?.arn,
    lastRotation: madeAt === undefined ? lastRotation : isoSeconds(madeAt),
    nextRotation: nextRotation(world),
  });
}

/** The events that tell of waits which the status before did not show: each once, when it begins. */
export function newAlarms(world: World, waits: readonly Wait[]): readonly EventNote[] {
  const shown = new Set<string>((world.resource.status.conditions ?? []).map(({ reason }) => reason));
  return waits
    .filter(({ alarm, reason }) => alarm === "warn" && !shown.has(reason))
    .map(({ reason, message }) => ({ type: "Warning", reason, message }));
}

/** The event that tells of the end of a rollout, where this status is the first to show it. */
export function endNotes(before: RotatedSecretStatus, after: RotatedSecretStatus): readonly EventNote[] {
  const notes: EventNote[] = [];
  const ended = after.history?.[0];
  if (ended !== undefined && ended.token !== before.history?.[0]?.token) {
    notes.push(
      ended.result === "Succeeded"
        ? {
            type: "Normal",
            reason: "RotationSucceeded",
            message: `the rotation has made version ${ended.token} current (AWSCURRENT)`,
          }
        : {
            type: "Warning",
            reason: "RotationFailed",
            message: `the rotation that makes version ${ended.token} has ended without making it current: see the rotation function's log`,
          },
    );
  }
  const isRolledOutNow =
    conditionStatus(after, "RolledOut") === "True" && conditionStatus(before, "RolledOut") === "False";
  if (isRolledOutNow) {
    const message = after.conditions?.find(({ type }) => type === "RolledOut")?.message ?? "";
    notes.push({ type: "Normal", reason: "RolledOut", message });
  }
  return notes;
}

function conditionStatus(status: RotatedSecretStatus, type: string): string | undefined {
  return status.conditions?.find((condition) => condition.type === type)?.status;
}

function rotations(
  world: World,
  waits: readonly Wait[],
): { readonly underway: RotationStatus | undefined; readonly history: readonly PastRotation[] } {
  const { rotation: underway, history = [] } = world.resource.status;
  if (underway === undefined) return { underway, history };
  const result = outcomeOf(world, underway);
  if (result === undefined) {
    const isLate = waits.some(({ reason }) => reason === "RotationTimedOut");
    const goesOn = wasTakenUp(world) ? withoutError(underway) : underway;
    return { underway: isLate ? { ...goesOn, phase: "TimedOut" } : goesOn, history };
  }
  if (result === "Vanished" || result === "Unknown") return { underway: undefined, history };
  const { token, trigger, startedAt } = underway;
  const past: PastRotation = {
    token,
    trigger,
    startedAt,
    finishedAt: new Date(world.now).toISOString(),
    result,
    ...(result === "Succeeded" ? { versionId: token } : {}),
  };
  return {
    underway: undefined,
    history: [past, ...history.filter((other) => other.token !== token)].slice(0, MAX_HISTORY),
  };
}

function wasTakenUp({ rotateOutcome }: World): boolean {
  return rotateOutcome !== undefined && rotateOutcome.kind !== "problem";
}

/** What AWS said to earlier calls does not count any more. */
function withoutError({ lastError: _lastError, ...underway }: RotationStatus): RotationStatus {
  return underway;
}

/** Proven in this pass or before: where the rollout was looked at and nothing is waited for, nothing older is held. */
function settled(world: World, waits: readonly Wait[]): RotatedSecretStatus["settled"] {
  const target = ownTarget(world);
  const last = target?.writes.at(-1);
  const isOpen = waits.some(({ phase }) => phase === "rollout") || stoppedBefore(waits, "rollout");
  if (
    isOpen ||
    target?.versionId === undefined ||
    last === undefined ||
    world.spec.workloads.kind === "None"
  ) {
    const { status, metadata } = world.resource;
    // What was proven under another spec may have been of other workloads.
    return status.observedGeneration === metadata.generation ? status.settled : undefined;
  }
  const writtenAt = new Date(last.time).toISOString();
  return defined({ versionId: target.versionId, shape: last.specHash, writtenAt, selected: selected(world) });
}

/** The counts move only together with a condition, so that a rollout does not write a status for every pod. */
function workloads(world: World, waits: readonly Wait[]): RotatedSecretStatus["workloads"] {
  const target = ownTarget(world);
  const before = world.resource.status;
  if (target === undefined || stoppedBefore(waits, "rollout") || world.spec.workloads.kind === "None")
    return before.workloads;
  const wait = waits.find(({ phase }) => phase === "rollout");
  const shown = before.conditions?.find(({ type }) => type === "RolledOut");
  if (wait !== undefined && shown?.reason === wait.reason && before.workloads !== undefined)
    return before.workloads;
  const open =
    wait === undefined
      ? []
      : world.workloads.filter((workload) => !isMarked(workload, target.writes) || !isRolledOut(workload));
  const total = world.workloads.length;
  return defined({
    total,
    settled: total - open.length,
    notSettled:
      open.length === 0 || wait === undefined
        ? undefined
        : open.slice(0, MAX_NOT_SETTLED).map((workload) => notSettled(workload, wait)),
  });
}

function notSettled({ ref }: Workload, wait: Wait) {
  return { kind: ref.kind, name: ref.name, message: wait.message.slice(0, MAX_WORKLOAD_MESSAGE) };
}

function nextRotation(world: World): string {
  const { pin, trigger, maxAgeMs, windows } = world.spec;
  if (pin !== undefined) return "pinned";
  if (trigger.kind === "External") return "external";
  if (trigger.kind === "Manual" && maxAgeMs === undefined) return "on request";
  const backOff = failureBackOff(world.resource.status)?.until ?? 0;
  const isHeldBack = backOff > world.now || !isPermitted(windows, world.now);
  const due = isDueNow(world) && isHeldBack ? world.now : nextDue(world);
  return due === undefined ? "due" : openingAfter(world, Math.max(due, backOff));
}

/** Whether schedule or age ask for a rotation that was not tried yet. */
function isDueNow(world: World): boolean {
  const secret = known(world.source)?.secret;
  const wishes = secret === undefined ? [] : wishesOf(world, secret);
  const { history = [] } = world.resource.status;
  return wishes.some(
    ({ trigger, token }) => trigger !== "Request" && !history.some((past) => past.token === token),
  );
}

function openingAfter({ spec }: World, time: number): string {
  const { at, exact } = nextPermitted(spec.windows, time);
  return exact ? isoSeconds(at) : "not permitted";
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/[.]\d{3}Z$/, "Z");
}

/** Without the members that are undefined: what is not there is not written. */
function defined<T extends object>(object: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
