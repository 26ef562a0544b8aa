import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { isSameWorkload } from "../../api/workload-kind.ts";
import type { EventNote } from "../../ports/reporting.ts";
import { restartNote } from "../rollout/rollout-waits.ts";
import { endedText } from "../rotation/rotation-history.ts";
import { requestWaits } from "../rotation/waiting-request.ts";
import type { Action, PhaseWait } from "../step.ts";
import { ownTarget } from "../target-secret/ownership.ts";
import type { World } from "../world.ts";

/** The events about an action that was done. A write that the API server refused gets none. */
export function actionNotes(action: Action, after: World): readonly EventNote[] {
  switch (action.do) {
    case "restart": {
      const { workloads, restartToken, versionId } = action;
      const isAsked = (workload: World["workloads"][number]) =>
        workload.restartToken === restartToken && workloads.some((ref) => isSameWorkload(ref, workload.ref));
      const restarted = after.workloads.filter(isAsked);
      return restarted.length === 0 ? [] : [restartNote(restarted, versionId)];
    }
    case "applySecret":
    case "removeKeys":
      return after.refusals.some(({ kind }) => kind === "Secret") ? [] : action.notes;
    case "record":
      return action.notes;
    case "refresh":
    case "call":
      return [];
  }
}

/** The events about waits that the status before did not show: each once, when it begins. */
export function newAlarms(before: RotatedSecretStatus, waits: readonly PhaseWait[]): readonly EventNote[] {
  const shown = new Set<string>((before.conditions ?? []).map(({ reason }) => reason));
  return waits
    .filter(({ alarm, reason }) => alarm === "warn" && !shown.has(reason))
    .map(({ reason, message }) => ({ type: "Warning", reason, message }));
}

/** The event about a new Secret, with the first status that shows it: other Secrets are created first. */
export function creationNotes(world: World, after: RotatedSecretStatus): readonly EventNote[] {
  const { status, metadata } = world.resource;
  const [first, ...later] = ownTarget(world)?.dataHistory ?? [];
  const isFirst = status.currentVersion === undefined && after.currentVersion !== undefined;
  // An adopted Secret has a history from before the RotatedSecret.
  const isNew =
    later.length === 0 && first !== undefined && first.time >= Date.parse(metadata.creationTimestamp);
  if (!isFirst || !isNew) return [];
  const message = `Secret "${world.spec.targetName}" was created with version ${after.currentVersion}`;
  return [{ type: "Normal", reason: "SecretCreated", message }];
}

/** The events about the end of a rotation or a rollout, and about a request that waits, if this status is the first to show it. */
export function endNotes(before: RotatedSecretStatus, after: RotatedSecretStatus): readonly EventNote[] {
  return [...rotationEnd(before, after), ...rolloutEnd(before, after), ...requestWaits(before, after)];
}

function rotationEnd(before: RotatedSecretStatus, after: RotatedSecretStatus): readonly EventNote[] {
  const ended = after.history?.[0];
  if (ended === undefined || ended.token === before.history?.[0]?.token) return [];
  const message = endedText(ended);
  return ended.result === "Failed"
    ? [{ type: "Warning", reason: "RotationFailed", message }]
    : [{ type: "Normal", reason: "RotationSucceeded", message }];
}

function rolloutEnd(before: RotatedSecretStatus, after: RotatedSecretStatus): readonly EventNote[] {
  const [was, is] = [before, after].map((status) =>
    status.conditions?.find(({ type }) => type === "RolledOut"),
  );
  if (is?.status !== "True" || was?.status !== "False") return [];
  return [{ type: "Normal", reason: "RolledOut", message: is.message }];
}
