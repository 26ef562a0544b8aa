import { type WorkloadName, workloadText } from "../../api/workload-kind.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { EventNote } from "../../ports/reporting.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { isPodOf, type PodOwner, type ReaderPod, type Workload } from "../../ports/workloads.ts";
import type { Refusal } from "../../ports/write-refused.ts";
import { type Wait, waitForPerson, waitUntil } from "../step.ts";
import { RECHECK_MS, ROLLOUT_RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";

/** The most pods or workloads that a message names. */
const MAX_NAMED = 5;

/** The event about workloads that are restarted. */
export function restartNote(restarted: readonly Workload[], versionId: string | undefined): EventNote {
  const message = `${named(restarted)} ${restarted.length === 1 ? "is" : "are"} restarted onto version ${versionId}, because pods may hold older data`;
  return { type: "Normal", reason: "RestartStarted", message };
}

/** A due restart, for people. */
export function restartText(workloads: readonly Workload[], versionId: string | undefined): string {
  return `the restart of ${named(workloads)} onto version ${versionId}, because pods may hold older data,`;
}

/** The message stays the same from the write of the Secret until the last pod is new, so that a rollout writes status once. */
export function beingReplaced(world: World, target: PresentSecret, until: Instant): Wait {
  const whose = world.workloads.length === 0 ? "" : `${named(world.workloads)}: `;
  const message = `${whose}pods that may hold an older version are being replaced by pods with version ${target.versionId}`;
  return waitUntil(until, { reason: "RollingOut", message });
}

/** The API server's refusal to restart this workload in this pass. */
export function refusalOf({ refusals }: World, workload: WorkloadName): Refusal | undefined {
  return refusals.find(({ kind, name }) => kind === workload.kind && name === workload.name);
}

/** The API server refuses the restart of some workloads. */
export function refused(world: World, target: PresentSecret): Wait | undefined {
  const details = world.workloads.flatMap(({ ref }) => refusalOf(world, ref) ?? []);
  if (details.length === 0) return undefined;
  const answers = details.map(({ kind, name, why }) => `${kind} ${name} (${why})`);
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "WriteRefused",
    message:
      `the API server does not let the operator restart ${listed(answers)}: pods keep older data than version ` +
      `${target.versionId}, and the next rotation waits for them. Let it patch them (RBAC, admission webhooks, ` +
      "policies). The operator tries again",
  });
}

/** The wait for a rollout without progress, and where to look. */
export function stuck(world: World, target: PresentSecret, unfinished: readonly Workload[]): Wait {
  const details = unfinished.slice(0, MAX_NAMED).map((workload) => progressOf(world, workload));
  const [first] = unfinished;
  const inspect =
    first === undefined
      ? ""
      : `: kubectl rollout status ${workloadText(first.ref)} -n ${first.ref.namespace}`;
  const beginning = `the restart onto version ${target.versionId} of ${named(unfinished)} makes no progress. `;
  const message =
    saidBefore(world, beginning) ??
    `${beginning}${details.join("; ")}. The next rotation waits for it. Find out why its pods do not become ready${inspect}`;
  return waitForPerson(world.now + RECHECK_MS, { reason: "RolloutTimedOut", message });
}

/** The first message stays: counts and container states alternate, and each new message would be a write of status. */
function saidBefore({ resource }: World, beginning: string): string | undefined {
  const shown = resource.status.conditions?.find(({ type }) => type === "RolledOut");
  return shown?.reason === "RolloutTimedOut" && shown.message.startsWith(beginning)
    ? shown.message
    : undefined;
}

function progressOf(world: World, workload: Workload): string {
  const {
    ref,
    paused,
    rollout: { wanted, updated, available },
  } = workload;
  if (paused)
    return `${nameOf(workload)} is paused (kubectl rollout resume ${workloadText(ref)} -n ${ref.namespace})`;
  const pod = (known(world.pods) ?? []).find((candidate) => isPodOf(candidate, ref) && !candidate.ready);
  const trouble = pod === undefined ? "" : `, ${troubleOf(pod, workload)}`;
  return `${nameOf(workload)}: ${updated} of ${wanted} pods are new, ${available} available${trouble}`;
}

function troubleOf({ name, trouble }: ReaderPod, { ref }: Workload): string {
  const notReady = `pod ${name} is not ready${trouble === undefined ? "" : ` (${trouble})`}`;
  // Kubernetes: StatefulSet, "Forced rollback".
  return ref.kind === "StatefulSet"
    ? `${notReady}, and a StatefulSet replaces a pod only when all are ready: kubectl delete pod ${name} -n ${ref.namespace} creates it again`
    : notReady;
}

/** Old pods are about to end. */
export function awaitTermination(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  return waitUntil(world.now + ROLLOUT_RECHECK_MS, {
    reason: "WaitingForTermination",
    message: `pods that may still hold older data than version ${target.versionId} have not ended yet: ${podNames(pods)}`,
  });
}

/** Old pods that have not ended within the timeout. */
export function lingering(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  const { namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RolloutTimedOut",
    message:
      `pods that may still hold older data than version ${target.versionId} do not end: ${podNames(pods)}. The next ` +
      `rotation waits for them. Find out why: kubectl describe pods -n ${namespace}`,
  });
}

/** A person has to replace these pods: their update strategy is OnDelete, or they are below the partition. */
export function waitingForDeletion(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  const { namespace } = world.resource.metadata;
  const whose = named(world.workloads.filter(({ ref }) => pods.some((pod) => isPodOf(pod, ref))));
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "WaitingForDeletion",
    message:
      `pods that may hold older data than version ${target.versionId} are replaced only when somebody deletes them, because of ` +
      `the update strategy of ${whose} (OnDelete, or a partition): ${podNames(pods)}. The next rotation waits for ` +
      `them. Delete them one by one, each when the previous one is ready again: kubectl delete pod ${pods[0]?.name} -n ${namespace}`,
  });
}

/** No controller restarts these pods, and they do not end by themselves. */
export function unmanaged(world: World, target: PresentSecret, pods: readonly ReaderPod[]): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "UnmanagedReaders",
    message:
      `pods without a Deployment, StatefulSet or DaemonSet may hold older data than version ${target.versionId}: ` +
      `${podNames(pods)}. The operator cannot restart them, and the next rotation waits for them: restart them, or name ` +
      "the workloads that count in spec.rollout.workloads",
  });
}

function podNames(pods: readonly ReaderPod[]): string {
  return listed(pods.map(({ name, owner }) => `${name}${foreignOwner(owner)}`));
}

/** The pod's owner, if its name does not show it. */
function foreignOwner(owner: PodOwner): string {
  if (owner.kind === "other") return ` (${owner.text})`;
  return owner.kind === "Job" ? ` (Job ${owner.name})` : "";
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
