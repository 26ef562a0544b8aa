import type { PodOwner, ReaderPod } from "../../ports/workloads.ts";
import type { ContainerStatus, Pod } from "./pod.ts";
import { remembersSince } from "./pod-memory.ts";
import { secretUses } from "./secret-references.ts";

/** Which pods are asked for. */
export interface ReaderQuery {
  /** Name of the Secret. */
  readonly secret: string;
  /** Whether a pod of this owner counts, which reads the Secret or does not. */
  readonly counts: (owner: PodOwner, reads: boolean) => boolean;
}

/** Containers that are about to be started wait for these: no trouble. */
const ON_THE_WAY = new Set(["ContainerCreating", "PodInitializing"]);

/** What a pod has to do with the Secret; undefined where that is nothing, or where the pod has ended. */
export function readerPod(pod: Pod, { secret, counts }: ReaderQuery): ReaderPod | undefined {
  if (pod.status.phase === "Succeeded" || pod.status.phase === "Failed") return undefined;
  const use = secretUses(pod.spec).get(secret);
  const owner = ownerOf(pod);
  if (!counts(owner, use !== undefined)) return undefined;
  const startedAt = remembersSince(pod, use);
  const trouble = troubleOf(pod);
  return {
    name: pod.metadata.name,
    owner,
    terminating: pod.metadata.deletionTimestamp !== undefined,
    createdAt: Date.parse(pod.metadata.creationTimestamp),
    optional: use?.optional ?? true,
    ready: pod.status.conditions.some(({ type, status }) => type === "Ready" && status === "True"),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/**
 * StatefulSets, DaemonSets and Jobs own their pods themselves. A Deployment's pods belong to a ReplicaSet called `<Deployment>-<hash>`, and carry the hash as a label. Kubernetes:
 * Deployment, "Pod-template-hash label". So nobody has to list ReplicaSets.
 */
function ownerOf({ metadata }: Pod): PodOwner {
  const controller = metadata.ownerReferences.find((reference) => reference.controller);
  if (controller === undefined) return { kind: "other", text: "no controller" };
  const hash = metadata.labels?.["pod-template-hash"];
  const isReplicaSet = controller.kind === "ReplicaSet" && controller.apiVersion.startsWith("apps/");
  if (isReplicaSet && hash !== undefined && controller.name.endsWith(`-${hash}`)) {
    return { kind: "Deployment", name: controller.name.slice(0, -hash.length - 1) };
  }
  const { kind, name, apiVersion } = controller;
  if ((kind === "StatefulSet" || kind === "DaemonSet") && apiVersion.startsWith("apps/"))
    return { kind, name };
  if (kind === "Job" && apiVersion.startsWith("batch/")) return { kind, name };
  return { kind: "other", text: `${kind} ${name}` };
}

/** The reason of the first container that waits for more than its turn, else that one crashes, else that no node takes the pod. */
function troubleOf({ status }: Pod): string | undefined {
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  const waiting = containers
    .map(({ state }) => state?.waiting?.reason)
    .find((reason) => reason !== undefined && !ON_THE_WAY.has(reason));
  if (waiting !== undefined) return waiting;
  if (containers.some(isCrashing)) return "CrashLoopBackOff";
  return status.conditions.find(
    (condition) => condition.type === "PodScheduled" && condition.status === "False",
  )?.reason;
}

/** Between two back-offs a container that crashes runs for a moment, or has just ended. */
function isCrashing({ ready, restartCount = 0, state }: ContainerStatus): boolean {
  const hasFailed = state?.terminated?.exitCode !== undefined && state.terminated.exitCode !== 0;
  return ready !== true && (restartCount > 0 || hasFailed);
}
