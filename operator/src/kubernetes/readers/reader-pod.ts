import type { PodOwner, ReaderPod } from "../../ports/workloads.ts";
import type { ContainerStatus, Pod } from "./pod.ts";
import { remembersSince } from "./pod-memory.ts";
import { secretUses } from "./secret-references.ts";

/** A question about pods. */
export interface ReaderQuery {
  /** Name of the Secret. */
  readonly secret: string;
  /** Whether a pod with this owner counts. `reads`: whether it reads the Secret. */
  readonly counts: (owner: PodOwner, reads: boolean) => boolean;
}

/** Waiting reasons of containers that are about to start. */
const ON_THE_WAY = new Set(["ContainerCreating", "PodInitializing"]);

/** A pod as a reader of the Secret; undefined if it does not count, or has ended. */
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
 * The owner of a pod. StatefulSets, DaemonSets and Jobs own their pods. A Deployment's pods belong to a ReplicaSet with the name
 * `<Deployment>-<hash>`, and have the hash as a label, so ReplicaSets need not be listed.
 * Kubernetes: Deployment, "Pod-template-hash label".
 */
export function ownerOf({ metadata }: Pod): PodOwner {
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

/** Why a pod does not start: the reason of a waiting container, a crashing container, or why no node was found for it. */
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

/** A crashing container is not always in back-off: between two it runs for a moment, or has just ended. */
function isCrashing({ ready, restartCount = 0, state }: ContainerStatus): boolean {
  const hasFailed = state?.terminated?.exitCode !== undefined && state.terminated.exitCode !== 0;
  return ready !== true && (restartCount > 0 || hasFailed);
}
