import { ADOPT_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { StandingReason } from "../../api/reasons.ts";
import type { Condition, PastRotation, RotationStatus } from "../../api/rotated-secret.ts";
import { known } from "../../ports/fact.ts";
import type { PhaseName, Reason, Wait } from "../step.ts";
import { ownTarget, type PresentSecret } from "../target/ownership.ts";
import { isPinnedElsewhere, pinnedText } from "../target/pinning.ts";
import { isInSync } from "../target/sync.ts";
import { wantedMetadata } from "../target/target-metadata.ts";
import type { World } from "../world.ts";

/** The condition types, in the order in which they are shown. docs/conditions.md has a row for each. */
export const CONDITION_TYPES = [
  "Ready",
  "Current",
  "Rotated",
  "RolledOut",
  "Reconciling",
  "Stalled",
] as const;
type ConditionType = (typeof CONDITION_TYPES)[number];

/** What somebody asked for: no work that goes on, and nothing that anybody has to do. */
const ASKED_FOR: ReadonlySet<Reason> = new Set<Reason>(["Suspended", "Pinned", "WaitingForWindow"]);

/** What a condition says now; `keep` leaves it as it was, for nothing was learned of it. */
type Finding =
  | (Pick<Condition, "status" | "message"> & { readonly reason: Reason | StandingReason })
  | "keep";

/** What is known of rotations: whether one is under way, and how the last that was followed has ended. */
export interface RotationStanding {
  readonly underway: RotationStatus | undefined;
  readonly last: PastRotation | undefined;
}

/** The conditions of a resource that waits for this (in the order of the phases), or for nothing. Times change only with status. */
export function conditionsOf(
  world: World,
  waits: readonly Wait[],
  standing: RotationStanding,
): readonly Condition[] {
  const findings: Record<ConditionType, Finding> = {
    Ready: ready(world, waits),
    Current: isCurrent(world, waits),
    Rotated: rotated(waits, standing),
    RolledOut: rolledOut(world, waits),
    Reconciling: reconciling(waits),
    Stalled: stalled(waits),
  };
  return Object.entries(findings).flatMap(([type, finding]) => carriedOver(world, type, finding));
}

/** A condition for a resource that cannot be worked on at all, in the same words. */
export function conditionOf(
  previous: Condition | undefined,
  next: Omit<Condition, "lastTransitionTime">,
  now: number,
): Condition {
  const isSame = previous !== undefined && previous.status === next.status;
  return { ...next, lastTransitionTime: isSame ? previous.lastTransitionTime : new Date(now).toISOString() };
}

function carriedOver(world: World, type: string, finding: Finding): readonly Condition[] {
  const { status, metadata } = world.resource;
  const previous = status.conditions?.find((condition) => condition.type === type);
  if (finding === "keep") return previous === undefined ? [] : [previous];
  return [conditionOf(previous, { type, ...finding, observedGeneration: metadata.generation }, world.now)];
}

function ready(world: World, waits: readonly Wait[]): Finding {
  const [wait] = waits;
  const target = ownTarget(world);
  if (target?.versionId === undefined) {
    return {
      status: "False",
      reason: wait?.reason ?? "SecretMissing",
      message: wait?.message ?? "the Secret is not there yet",
    };
  }
  const carries = `Secret "${world.spec.targetName}" carries version ${target.versionId}`;
  return { status: "True", reason: wait?.reason ?? "Synced", message: carries + whetherKept(world, target) };
}

/** What deletionPolicy Delete does not do, and how its author gets there. */
function whetherKept(world: World, target: PresentSecret): string {
  if (world.spec.target.deletionPolicy === "Retain" || wantedMetadata(world, target).deletedWithOwner)
    return "";
  return (
    "; it was taken over and is not deleted with this resource, whatever spec.target.deletionPolicy says, until its owner " +
    `takes the annotation ${ADOPT_ANNOTATION} away`
  );
}

function isCurrent(world: World, waits: readonly Wait[]): Finding {
  const wait = waits.find(({ phase }) => phase !== "rotation");
  if (wait !== undefined) {
    const isBlind = wait.phase === "access" && wait.reason !== "Suspended";
    return { status: isBlind ? "Unknown" : "False", reason: wait.reason, message: wait.message };
  }
  if (!isInSync(world)) return "keep";
  if (isPinnedElsewhere(world)) return { status: "False", reason: "Pinned", message: pinnedText(world) };
  return {
    status: "True",
    reason: "UpToDate",
    message: `the readers hold version ${ownTarget(world)?.versionId}, AWSCURRENT`,
  };
}

function rotated(waits: readonly Wait[], { underway, last }: RotationStanding): Finding {
  const wait = waits.find(({ phase }) => phase === "rotation");
  if (wait !== undefined) return { status: "False", reason: wait.reason, message: wait.message };
  if (underway !== undefined) return "keep";
  if (last === undefined) {
    return {
      status: "Unknown",
      reason: "NotRotatedYet",
      message: "no rotation has been seen since this resource exists",
    };
  }
  const about = `the rotation that makes version ${last.token}`;
  return last.result === "Succeeded"
    ? { status: "True", reason: "RotationSucceeded", message: `${about} has succeeded` }
    : {
        status: "False",
        reason: "RotationFailed",
        message: `${about} has ended without making it current: see the rotation function's log`,
      };
}

function rolledOut(world: World, waits: readonly Wait[]): Finding {
  const wait = waits.find(({ phase }) => phase === "rollout");
  if (wait !== undefined) return { status: "False", reason: wait.reason, message: wait.message };
  const target = ownTarget(world);
  if (target === undefined || stoppedBefore(waits, "rollout")) return "keep";
  if (world.spec.workloads.kind === "None") {
    return {
      status: "Unknown",
      reason: "NotManaged",
      message: "spec.rollout.workloads.mode is None: nothing is restarted or looked at",
    };
  }
  const count = world.workloads.length;
  const message =
    count === 0
      ? `no workload reads the Secret, which carries version ${target.versionId}`
      : `all pods of ${count} ${count === 1 ? "workload" : "workloads"} hold version ${target.versionId}`;
  return { status: "True", reason: "RolledOut", message };
}

function reconciling(waits: readonly Wait[]): Finding {
  const wait = waits.find(({ endedBy, reason }) => endedBy === "time" && !ASKED_FOR.has(reason));
  if (wait === undefined) return { status: "False", reason: "AtRest", message: "nothing is under way" };
  return { status: "True", reason: wait.reason, message: wait.message };
}

function stalled(waits: readonly Wait[]): Finding {
  const wait = waits.find(({ endedBy, reason }) => endedBy === "person" && !ASKED_FOR.has(reason));
  if (wait === undefined)
    return { status: "False", reason: "NotStalled", message: "nobody has to do anything" };
  return { status: "True", reason: wait.reason, message: wait.message };
}

const ORDER: readonly PhaseName[] = ["access", "sync", "rollout", "rotation"];

/** Whether an earlier wait kept this phase from being looked at. */
export function stoppedBefore(waits: readonly Wait[], phase: PhaseName): boolean {
  return waits.some((wait) => wait.afterwards === "stop" && ORDER.indexOf(wait.phase) < ORDER.indexOf(phase));
}

/** Whether what AWS says, or whether AWS may be asked, is known at all; before that there is nothing to report. */
export function hasSomethingToReport(world: World): boolean {
  return world.spec.suspended || known(world.source) !== undefined || known(world.account) !== undefined;
}
