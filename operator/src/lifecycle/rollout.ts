import { type Instant, known } from "../ports/fact.ts";
import type { EventNote } from "../ports/reporting.ts";
import { isRolledOut, type ReaderPod, type Workload } from "../ports/workloads.ts";
import type { Refusal } from "../ports/write-refused.ts";
import { mayHoldOther, safeStart } from "./holdings.ts";
import { ownTarget, type PresentSecret } from "./ownership.ts";
import { look, type Phase, type Step, type Wait, waitForPerson, waitUntil } from "./step.ts";
import { RECHECK_MS, ROLLOUT_RECHECK_MS, START_MARGIN_MS } from "./timing.ts";
import type { World } from "./world.ts";
import { isMarked, timedText, versionText } from "./writes.ts";

/** The most pods or workloads that a message names. */
const MAX_NAMED = 5;

/**
 * Restarts what may hold something else than the Secret carries, and waits until nothing does: no pod of a reader,
 * terminating ones included. Whether a restart is due is computed from the pods' starts and the Secret's last writes.
 */
export const rollout: Phase = (world) => {
  const target = ownTarget(world);
  if (target === undefined || isSettled(world, target)) return undefined;
  const unfinished = markedWorkloads(world, target).filter((workload) => !isRolledOut(workload));
  if (unfinished.length > 0 && !somethingMayBeUnmarked(world, target))
    return rollingOut(world, target, unfinished);
  // Before this a pod that is about to start may have read what was there before, and could not be told by its start.
  const readable = safeStart(target.writes.at(-1)?.time ?? 0);
  const isEarly = world.now < readable;
  if (isEarly && world.workloads.length > 0) return beingReplaced(world, target, readable);
  if (world.pods.kind !== "live") return look("pods");
  if (isEarly && world.pods.value.length > 0) return beingReplaced(world, target, readable);
  return restart(world, target) ?? refused(world, target) ?? awaitPods(world, target, unfinished);
};

/** Whether nothing older than this data is held any more, by what was proven before. */
export function isSettled({ resource, spec }: World, target: PresentSecret): boolean {
  const last = target.writes.at(-1);
  const { settled, observedGeneration } = resource.status;
  if (spec.workloads.kind === "None") return true;
  if (last === undefined || settled === undefined || observedGeneration !== resource.metadata.generation)
    return false;
  return settled.versionId === last.version && Date.parse(settled.writtenAt) === last.time;
}

function markedWorkloads(world: World, target: PresentSecret): readonly Workload[] {
  return world.workloads.filter((workload) => isMarked(workload, target.writes));
}

/** Whether there are workloads without our mark that are old enough to have pods with another value. */
function somethingMayBeUnmarked(world: World, target: PresentSecret): boolean {
  const young = (target.writes.at(-1)?.time ?? 0) + START_MARGIN_MS;
  return world.workloads.some(
    (workload) => !isMarked(workload, target.writes) && workload.createdAt <= young,
  );
}

function restart(world: World, target: PresentSecret): Step | undefined {
  const { writes } = target;
  const held = world.workloads.filter(
    ({ ref }) => refusalOf(world, ref.name) === undefined && heldBy(world, target, ref.name).some(isLasting),
  );
  const unmarked = held.filter((workload) => !isMarked(workload, writes));
  if (unmarked.length > 0) return restartOf(unmarked, target, versionText(writes));
  const stale = held.filter((workload) => hasOldMark(workload, target));
  return stale.length === 0 ? undefined : restartOf(stale, target, timedText(writes));
}

/**
 * Whether the mark is of an earlier time when the Secret carried this version: there was no rollout since the last change.
 * So each change restarts a workload once, and twice at most where the controller's clock is wrong.
 */
function hasOldMark(workload: Workload, { writes }: PresentSecret): boolean {
  const { progressedAt = Infinity } = workload.rollout;
  const isOfBefore = progressedAt < (writes.at(-1)?.time ?? 0);
  return workload.versionText !== timedText(writes) && isRolledOut(workload) && isOfBefore;
}

function restartOf(due: readonly Workload[], { versionId }: PresentSecret, text: string): Step {
  return { do: "restart", workloads: due.map(({ ref }) => ref), versionId, text };
}

/** The event that tells which workloads are restarted. */
export function restartNote(restarted: readonly Workload[], versionId: string | undefined): EventNote {
  const message = `${named(restarted)} ${restarted.length === 1 ? "is" : "are"} restarted onto version ${versionId}: pods may hold something older`;
  return { type: "Normal", reason: "RestartStarted", message };
}

function refusalOf({ refusals }: World, workload: string): Refusal | undefined {
  return refusals.find(({ kind, name }) => kind === "Deployment" && name === workload);
}

/** Some workloads are due, and the API server does not let them be restarted. */
function refused(world: World, target: PresentSecret): Wait | undefined {
  const details = world.workloads.flatMap(({ ref }) => refusalOf(world, ref.name) ?? []);
  if (details.length === 0) return undefined;
  const answers = details.map(({ kind, name, why }) => `${kind} ${name} (${why})`);
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rollout",
    reason: "WriteRefused",
    message:
      `the API server does not let the operator restart ${listed(answers)}: pods keep something older than version ` +
      `${target.versionId}, and the next rotation waits for them. Let it patch these Deployments (RBAC, admission webhooks, ` +
      "policies); it is tried again by itself",
  });
}

/** Pods of the workload that may hold another value, terminating ones included. */
function heldBy(world: World, target: PresentSecret, workload: string): readonly ReaderPod[] {
  return (known(world.pods) ?? []).filter(
    ({ owner, ...pod }) =>
      owner.kind === "workload" && owner.name === workload && mayHoldOther({ owner, ...pod }, target.writes),
  );
}

function isLasting(pod: ReaderPod): boolean {
  return !pod.terminating;
}

function awaitPods(world: World, target: PresentSecret, unfinished: readonly Workload[]): Step | undefined {
  if (unfinished.length > 0) return rollingOut(world, target, unfinished);
  const old = (known(world.pods) ?? []).filter((pod) => mayHoldOther(pod, target.writes));
  const isLate = world.now >= lastProgress(target, world.workloads) + world.spec.rolloutTimeoutMs;
  const leaving = old.filter((pod) => !isLasting(pod) || isOurs(world, pod) || (!isLate && isOrphan(pod)));
  if (leaving.length > 0)
    return isLate ? lingering(world, target, leaving) : awaitTermination(world, target, leaving);
  return world.spec.workloads.kind === "Auto" && old.length > 0 ? unmanaged(world, target, old) : undefined;
}

/** Of a Deployment that is gone, or that does not read the Secret any more: its pods end soon, unless it left them behind. */
function isOrphan({ owner }: ReaderPod): boolean {
  return owner.kind === "workload";
}

function isOurs(world: World, { owner }: ReaderPod): boolean {
  return owner.kind === "workload" && world.workloads.some(({ ref }) => ref.name === owner.name);
}

/** The same words from the write of the Secret until the last pod is new, so that a rollout writes its status once. */
function beingReplaced(world: World, target: PresentSecret, until: Instant): Wait {
  const whose = world.workloads.length === 0 ? "" : `${named(world.workloads)}: `;
  const message = `${whose}pods that may hold an older version are replaced by pods with version ${target.versionId}`;
  return waitUntil(until, { phase: "rollout", reason: "RollingOut", message });
}

function rollingOut(world: World, target: PresentSecret, unfinished: readonly Workload[]): Step {
  const deadline = lastProgress(target, unfinished) + world.spec.rolloutTimeoutMs;
  const failed = unfinished.find(({ rollout: { failure } }) => failure !== undefined);
  if (world.now < deadline && failed === undefined) {
    return beingReplaced(world, target, Math.min(deadline, world.now + ROLLOUT_RECHECK_MS));
  }
  if (world.pods.kind !== "live") return look("pods");
  return stuck(world, target, unfinished);
}

/** The deadline runs without progress; what the controllers noted of it survives a restart of the operator. */
function lastProgress(target: PresentSecret, unfinished: readonly Workload[]): number {
  const noted = unfinished.map(({ rollout: { progressedAt } }) => progressedAt ?? 0);
  return Math.max(target.writes.at(-1)?.time ?? 0, ...noted);
}

function stuck(world: World, target: PresentSecret, unfinished: readonly Workload[]): Wait {
  const details = unfinished.slice(0, MAX_NAMED).map((workload) => progressOf(world, workload));
  const [first] = unfinished;
  const inspect =
    first === undefined
      ? ""
      : `: kubectl rollout status deployment/${first.ref.name} -n ${first.ref.namespace}`;
  const beginning = `the restart onto version ${target.versionId} of ${named(unfinished)} makes no progress. `;
  const message =
    saidBefore(world, beginning) ??
    `${beginning}${details.join("; ")}. The next rotation waits for it. See why its pods do not become ready${inspect}`;
  return waitForPerson(world.now + RECHECK_MS, { phase: "rollout", reason: "RolloutTimedOut", message });
}

/** What was said once stays: counts and kubelets' words alternate from try to try, and each change is a write of status. */
function saidBefore({ resource }: World, beginning: string): string | undefined {
  const shown = resource.status.conditions?.find(({ type }) => type === "RolledOut");
  return shown?.reason === "RolloutTimedOut" && shown.message.startsWith(beginning)
    ? shown.message
    : undefined;
}

function progressOf(world: World, workload: Workload): string {
  const {
    ref,
    replicas,
    paused,
    rollout: { updated, available },
  } = workload;
  if (paused)
    return `${nameOf(workload)} is paused (kubectl rollout resume deployment/${ref.name} -n ${ref.namespace})`;
  const pod = (known(world.pods) ?? []).find(
    ({ owner, ready }) => owner.kind === "workload" && owner.name === ref.name && !ready,
  );
  const trouble =
    pod === undefined
      ? ""
      : `, pod ${pod.name} is not ready${pod.trouble === undefined ? "" : ` (${pod.trouble})`}`;
  return `${nameOf(workload)}: ${updated} of ${replicas} pods are new, ${available} available${trouble}`;
}

function awaitTermination(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  return waitUntil(world.now + ROLLOUT_RECHECK_MS, {
    phase: "rollout",
    reason: "WaitingForTermination",
    message: `pods that may still hold something older than version ${target.versionId} have not ended yet: ${podNames(pods)}`,
  });
}

function lingering(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  const { namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rollout",
    reason: "RolloutTimedOut",
    message:
      `pods that may still hold something older than version ${target.versionId} do not end: ${podNames(pods)}. The next ` +
      `rotation waits for them. See why: kubectl describe pods -n ${namespace}`,
  });
}

function unmanaged(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rollout",
    reason: "UnmanagedReaders",
    message:
      `pods that are not a Deployment's may hold something older than version ${target.versionId}: ${podNames(pods)}. ` +
      "They are not restarted by themselves, and the next rotation waits for them: restart them, or name the Deployments " +
      "that count in spec.rollout.workloads",
  });
}

function podNames(pods: readonly ReaderPod[]): string {
  return listed(
    pods.map(({ name, owner }) => (owner.kind === "workload" ? name : `${name} (${owner.text})`)),
  );
}

function named(workloads: readonly Workload[]): string {
  return listed(workloads.map(nameOf));
}

function nameOf({ ref }: Workload): string {
  return `${ref.kind} ${ref.name}`;
}

function listed(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return names.slice(0, MAX_NAMED).join(", ") + more;
}
