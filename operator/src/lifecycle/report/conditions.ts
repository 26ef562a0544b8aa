import type { Condition } from "../../api/rotated-secret.ts";
import { known } from "../../ports/fact.ts";
import { rolledOutFinding } from "../rollout/rollout-status.ts";
import { type RotationStanding, rotatedFinding } from "../rotation/rotation-history.ts";
import { withWaitingRequest } from "../rotation/waiting-request.ts";
import { ASKED_FOR, type Finding, type PhaseName, type PhaseWait, type Progress } from "../step.ts";
import { currentFinding, readyFinding } from "../target-secret/target-findings.ts";
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

/** The conditions after this decision. `lastTransitionTime` changes only with a status. */
export function conditionsOf(
  world: World,
  progress: Progress,
  standing: RotationStanding,
): readonly Condition[] {
  const { waits } = progress;
  const findings: Record<ConditionType, Finding | "keep"> = {
    Ready: readyFinding(world, waits),
    Current: currentFinding(world, progress),
    Rotated: rotated(world, progress, standing),
    RolledOut: ofPhase("rollout", progress, () => rolledOutFinding(world)),
    Reconciling: reconciling(waits),
    Stalled: stalled(waits),
  };
  return Object.entries(findings).flatMap(([type, finding]) => carriedOver(world, type, finding));
}

/** The condition Rotated. It also names a request that waits, for whatever reason. */
function rotated(world: World, progress: Progress, standing: RotationStanding): Finding | "keep" {
  const finding = ofPhase("rotation", progress, () => rotatedFinding(standing));
  const shown = world.resource.status.conditions?.find(({ type }) => type === "Rotated");
  if (finding !== "keep") return withWaitingRequest(world, progress.waits, finding);
  if (shown === undefined) return "keep";
  const { status, reason, message } = shown;
  return withWaitingRequest(world, progress.waits, { status, reason, message });
}

/** The condition that a phase reports: its wait, or the finding of a phase with nothing left to do. `keep`: as it was before. */
function ofPhase(
  name: PhaseName,
  { waits, reached }: Progress,
  done: () => Finding | "keep",
): Finding | "keep" {
  const wait = waits.find(({ phase }) => phase === name);
  if (wait !== undefined) return { status: "False", reason: wait.reason, message: wait.message };
  return name === "rotation" || reached.has(name) ? done() : "keep";
}

/** A condition with the time of its last transition, which changes only with its status. */
export function conditionOf(
  previous: Condition | undefined,
  next: Omit<Condition, "lastTransitionTime">,
  now: number,
): Condition {
  const isSame = previous !== undefined && previous.status === next.status;
  return { ...next, lastTransitionTime: isSame ? previous.lastTransitionTime : new Date(now).toISOString() };
}

/** The condition after this decision. A finding `keep` leaves the previous one as it is. */
function carriedOver(world: World, type: string, finding: Finding | "keep"): readonly Condition[] {
  const { status, metadata } = world.resource;
  const previous = status.conditions?.find((condition) => condition.type === type);
  if (finding === "keep") return previous === undefined ? [] : [previous];
  return [conditionOf(previous, { type, ...finding, observedGeneration: metadata.generation }, world.now)];
}

function reconciling(waits: readonly PhaseWait[]): Finding {
  const wait = waits.find(({ endedBy, reason }) => endedBy === "time" && !ASKED_FOR.has(reason));
  if (wait === undefined) return { status: "False", reason: "AtRest", message: "idle" };
  return { status: "True", reason: wait.reason, message: wait.message };
}

function stalled(waits: readonly PhaseWait[]): Finding {
  const wait = waits.find(({ endedBy, reason }) => endedBy === "person" && !ASKED_FOR.has(reason));
  if (wait === undefined) return { status: "False", reason: "NotStalled", message: "no action needed" };
  return { status: "True", reason: wait.reason, message: wait.message };
}

/** Whether there is something to report: before the first answer of AWS, or about the identity, there is not. */
export function hasSomethingToReport(world: World): boolean {
  return world.spec.suspended || known(world.source) !== undefined || known(world.account) !== undefined;
}
