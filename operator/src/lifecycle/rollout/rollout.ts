import { selectionHash } from "../../api/workload-choice.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import {
  isPodOf,
  isReplacedByItself,
  isRolledOut,
  type ReaderPod,
  type Workload,
} from "../../ports/workloads.ts";
import { type Phase, refresh, type Step, type Wait } from "../step.ts";
import { hasRestartToken, restartToken, timedRestartToken } from "../target-secret/data-history.ts";
import { ownTarget } from "../target-secret/ownership.ts";
import { isEmergency } from "../times/emergency.ts";
import { awaitCorrection, hasFault } from "../times/spec-faults.ts";
import { isOpen, waitingForWindow } from "../times/windows.ts";
import { ROLLOUT_RECHECK_MS, START_MARGIN_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { mayHoldOther, safeStart } from "./holdings.ts";
import {
  awaitTermination,
  beingReplaced,
  lingering,
  refusalOf,
  refused,
  restartText,
  stuck,
  unmanaged,
  waitingForDeletion,
} from "./rollout-waits.ts";

/**
 * Restarts workloads whose pods may hold other data than the Secret, and waits until no pod of a reader does, terminating pods
 * included. A due restart is computed from the starts of the pods and from the data history of the Secret.
 */
export const rollout: Phase = { name: "rollout", decide: next };

function next(world: World): Step | undefined {
  const target = ownTarget(world);
  if (target === undefined || isSettled(world, target)) return undefined;
  // The readers are not known. An earlier proof still holds, because their Secret has not changed since.
  if (hasFault(world, "rollout")) return isProven(world, target) ? undefined : awaitCorrection(world);
  const unfinished = workloadsWithRestartToken(world, target).filter((workload) => !isRolledOut(workload));
  if (unfinished.length > 0 && !mayLackRestartToken(world, target))
    return rollingOut(world, target, unfinished);
  // Before this time, a pod that is about to start may have read the former data, and its start would not show it.
  const readable = safeStart(target.dataHistory.at(-1)?.time ?? 0);
  const isEarly = world.now < readable;
  if (isEarly && world.workloads.length > 0) return beingReplaced(world, target, readable);
  if (world.pods.kind !== "live") return refresh("pods");
  if (isEarly && world.pods.value.length > 0) return beingReplaced(world, target, readable);
  return (
    restart(world, target) ??
    refused(world, target) ??
    outsideWindows(world, target, unfinished) ??
    awaitPods(world, target, unfinished)
  );
}

/** Whether an earlier proof shows that no reader holds older data. */
export function isSettled(world: World, target: PresentSecret): boolean {
  const { resource, spec } = world;
  const last = target.dataHistory.at(-1);
  const { settled, observedGeneration } = resource.status;
  if (spec.workloads.kind === "None") return true;
  if (last === undefined || settled === undefined || observedGeneration !== resource.metadata.generation)
    return false;
  return settled.selected === selected(world) && isProven(world, target);
}

/** Whether the Secret has the data that the last proof was about. */
function isProven({ resource }: World, { dataHistory }: PresentSecret): boolean {
  const last = dataHistory.at(-1);
  const { settled } = resource.status;
  return last?.version === settled?.versionId && last?.time === Date.parse(settled?.writtenAt ?? "");
}

/** A hash of the workloads that a proof covers, if they can change without a change of the spec. */
export function selected({ spec, workloads }: World): string | undefined {
  return spec.workloads.kind === "Selector" ? selectionHash(workloads.map(({ ref }) => ref)) : undefined;
}

function workloadsWithRestartToken(world: World, target: PresentSecret): readonly Workload[] {
  return world.workloads.filter((workload) => hasRestartToken(workload, target.dataHistory));
}

/** Whether there are workloads without the restart token that are old enough to have pods with other data. */
function mayLackRestartToken(world: World, target: PresentSecret): boolean {
  const young = (target.dataHistory.at(-1)?.time ?? 0) + START_MARGIN_MS;
  return world.workloads.some(
    (workload) => !hasRestartToken(workload, target.dataHistory) && workload.createdAt <= young,
  );
}

function restart(world: World, target: PresentSecret): Step | undefined {
  const due = dueRestarts(world, target).filter((workload) => mayStart(world, workload));
  const unmarked = due.filter((workload) => !hasRestartToken(workload, target.dataHistory));
  if (unmarked.length > 0) return restartOf(unmarked, target, restartToken(target.dataHistory));
  return due.length === 0 ? undefined : restartOf(due, target, timedRestartToken(target.dataHistory));
}

/** Workloads with pods that may hold other data, and that were not restarted because of it yet. */
function dueRestarts(world: World, target: PresentSecret): readonly Workload[] {
  return world.workloads.filter(
    (workload) =>
      refusalOf(world, workload.ref) === undefined &&
      replaceable(world, target, workload).length > 0 &&
      (!hasRestartToken(workload, target.dataHistory) || hasOldRestartToken(world, target, workload)),
  );
}

/** A workload without a ready pod cannot lose anything by a restart, so it does not wait for a window. */
function mayStart(world: World, workload: Workload): boolean {
  return isEmergency(world) || isOpen(world) || !podsOf(world, workload).some(({ ready }) => ready);
}

/** The wait of due restarts for a window. Restarts that have begun are finished first. */
function outsideWindows(
  world: World,
  target: PresentSecret,
  unfinished: readonly Workload[],
): Wait | undefined {
  const held = dueRestarts(world, target);
  if (held.length === 0 || unfinished.length > 0) return undefined;
  return waitingForWindow(world, restartText(held, target.versionId));
}

/**
 * Whether the restart token comes from an earlier time with the same version: all pods have it, and one that may hold other
 * data was created before the last change could cause a restart. So each change restarts a workload once, or twice at most if
 * a clock is wrong.
 */
function hasOldRestartToken(world: World, target: PresentSecret, workload: Workload): boolean {
  const answerable = safeStart(target.dataHistory.at(-1)?.time ?? 0);
  const isOfBefore = replaceable(world, target, workload).some(({ createdAt }) => createdAt < answerable);
  return (
    workload.restartToken !== timedRestartToken(target.dataHistory) && isRolledOut(workload) && isOfBefore
  );
}

function restartOf(due: readonly Workload[], { versionId }: PresentSecret, token: string): Step {
  return { do: "restart", workloads: due.map(({ ref }) => ref), versionId, restartToken: token };
}

/** Pods of the workload that may hold other data, that stay, and that a change of the template replaces. */
function replaceable(world: World, target: PresentSecret, workload: Workload): readonly ReaderPod[] {
  return podsOf(world, workload).filter(
    (pod) => isLasting(pod) && mayHoldOther(pod, target.dataHistory) && isReplacedByItself(pod, workload),
  );
}

function podsOf(world: World, { ref }: Workload): readonly ReaderPod[] {
  return (known(world.pods) ?? []).filter((pod) => isPodOf(pod, ref));
}

function isLasting(pod: ReaderPod): boolean {
  return !pod.terminating;
}

function awaitPods(world: World, target: PresentSecret, unfinished: readonly Workload[]): Step | undefined {
  if (unfinished.length > 0) return rollingOut(world, target, unfinished);
  const old = (known(world.pods) ?? []).filter((pod) => mayHoldOther(pod, target.dataHistory));
  const byHand = old.filter((pod) => isLasting(pod) && isLeftToPeople(world, pod));
  if (byHand.length > 0) return waitingForDeletion(world, target, byHand);
  const isLate = world.now >= lastProgress(world, target, world.workloads) + world.spec.rolloutTimeoutMs;
  const leaving = old.filter(
    (pod) => !isLasting(pod) || isOurs(world, pod) || (!isLate && endsByItself(pod)),
  );
  if (leaving.length > 0)
    return isLate ? lingering(world, target, leaving) : awaitTermination(world, target, leaving);
  return world.spec.workloads.kind === "Auto" && old.length > 0 ? unmanaged(world, target, old) : undefined;
}

/**
 * Whether the pod belongs to a workload that was deleted or no longer reads the Secret: such pods end soon. Pods of a Job run to
 * their end, and the next run reads the new data.
 */
function endsByItself({ owner }: ReaderPod): boolean {
  return owner.kind !== "other";
}

function isOurs(world: World, pod: ReaderPod): boolean {
  return world.workloads.some(({ ref }) => isPodOf(pod, ref));
}

/** Whether the pod belongs to a workload whose controller waits until somebody deletes the pod. */
function isLeftToPeople(world: World, pod: ReaderPod): boolean {
  return world.workloads.some((workload) => isPodOf(pod, workload.ref) && !isReplacedByItself(pod, workload));
}

function rollingOut(world: World, target: PresentSecret, unfinished: readonly Workload[]): Step {
  const deadline = lastProgress(world, target, unfinished) + world.spec.rolloutTimeoutMs;
  const failed = unfinished.find(({ rollout: { failure } }) => failure !== undefined);
  if (world.now < deadline && failed === undefined) {
    return beingReplaced(world, target, Math.min(deadline, world.now + ROLLOUT_RECHECK_MS));
  }
  if (world.pods.kind !== "live") return refresh("pods");
  return stuck(world, target, unfinished);
}

/**
 * The deadline counts from the last progress. A Deployment records it. For other workloads the creation of a pod is the visible
 * progress. Both survive a restart of the operator.
 */
function lastProgress(world: World, target: PresentSecret, unfinished: readonly Workload[]): Instant {
  const noted = unfinished.flatMap((workload) => {
    const { progressedAt } = workload.rollout;
    if (progressedAt !== undefined) return [progressedAt];
    return podsOf(world, workload).map(({ createdAt }) => createdAt);
  });
  return Math.max(target.dataHistory.at(-1)?.time ?? 0, ...noted);
}
