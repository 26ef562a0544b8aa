import type { WorkloadChoice } from "../api/workload-choice.ts";
import type { WorkloadName } from "../api/workload-kind.ts";
import type { Instant } from "./fact.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** A workload that can be restarted in a rolling way. */
export interface WorkloadRef extends NamespacedName, WorkloadName {}

/**
 * Which pods the controller replaces by itself when the template changes.
 *
 * - `RollingUpdate`: all of them.
 * - `Partition`: those of a StatefulSet whose ordinal is `from` or higher; the others stay on the older template.
 * - `OnDelete`: none; a pod is made of the new template when somebody deletes the old one.
 */
export type UpdateStrategy =
  | { readonly kind: "RollingUpdate" }
  | { readonly kind: "Partition"; readonly from: number }
  | { readonly kind: "OnDelete" };

/** A workload and how far its rollout is, from the cache. */
export interface Workload {
  readonly ref: WorkloadRef;
  readonly createdAt: Instant;
  /** The pod template's annotation for the Secret: `version.rotatedsecrets.dev/<secret name>`. */
  readonly versionText?: string;
  readonly paused: boolean;
  /** Replicas wanted; of a DaemonSet, the nodes that its pods are to run on. */
  readonly replicas: number;
  readonly strategy: UpdateStrategy;
  readonly rollout: RolloutProgress;
}

/** Where a rolling update stands. */
export interface RolloutProgress {
  /** The controller has seen the newest template. */
  readonly observed: boolean;
  /** Pods that the controller is to bring onto the newest template: fewer than `replicas` where a person does the rest. */
  readonly wanted: number;
  /** Pods of the newest template. */
  readonly updated: number;
  readonly total: number;
  readonly available: number;
  readonly terminating: number;
  /** The controller itself has closed the rollout (StatefulSet: currentRevision is updateRevision), or has no word for it. */
  readonly closed: boolean;
  /** Time of the last progress that the controller noted; only Deployments note it. */
  readonly progressedAt?: Instant;
  /** The controller gave it up: `Progressing` is False with this message. */
  readonly failure?: string;
}

/** Whether all that the controller does by itself is done: new pods available, no old one left that it would replace. */
export function isRolledOut({ replicas, rollout }: Workload): boolean {
  const { observed, wanted, updated, total, available, terminating, closed } = rollout;
  const left = replicas - wanted;
  return (
    observed &&
    closed &&
    updated >= wanted &&
    total - left <= updated &&
    available >= replicas &&
    terminating === 0
  );
}

/** Whose a pod is: a workload's, a Job's (it runs to its end), or in words what else owns it (`ReplicaSet x`, `no controller`). */
export type PodOwner =
  | WorkloadName
  | { readonly kind: "Job"; readonly name: string }
  | { readonly kind: "other"; readonly text: string };

/** Whether the pod is this workload's. */
export function isPodOf({ owner }: Pick<ReaderPod, "owner">, workload: WorkloadName): boolean {
  return owner.kind === workload.kind && owner.name === workload.name;
}

/** Whether the controller replaces the pod by itself when the template changes. */
export function isReplacedByItself({ name }: Pick<ReaderPod, "name">, { strategy }: Workload): boolean {
  switch (strategy.kind) {
    case "RollingUpdate":
      return true;
    case "Partition":
      // Kubernetes: StatefulSet, "Pod Identity": a pod is called <name>-<ordinal>.
      return Number(name.slice(name.lastIndexOf("-") + 1)) >= strategy.from;
    case "OnDelete":
      return false;
  }
}

/** A pod that reads the Secret, read live. */
export interface ReaderPod {
  readonly name: string;
  readonly owner: PodOwner;
  readonly terminating: boolean;
  /** When the API server made it, in whole seconds. */
  readonly createdAt: Instant;
  /**
   * Since when it may remember what it read: the start of its oldest running container, or earlier where that cannot be
   * known. Whole seconds, rounded down; undefined where nothing has started that could remember.
   */
  readonly startedAt?: Instant;
  /** Whether it would have started without the Secret (all its references are optional). */
  readonly optional: boolean;
  readonly ready: boolean;
  /** Why it does not start, where it does not: the waiting reason of a container, e.g. `CrashLoopBackOff`. */
  readonly trouble?: string;
}

/** Finds and restarts the workloads that read a Secret. */
export interface Workloads {
  /** Workloads of the namespace that are chosen: of mode Auto those that read the Secret; from the cache, sorted by name. */
  cached(secret: NamespacedName, choice: WorkloadChoice): readonly Workload[];
  /**
   * Pods of the namespace that count, and whose containers run or may still start: of mode Auto those that read the
   * Secret, else those of the chosen workloads, whatever they read, and in mode Selector those that read the Secret and
   * whose workload is gone. Ended pods are left out. One list (in pages) from the API server.
   */
  pods(secret: NamespacedName, choice: WorkloadChoice, signal: AbortSignal): Promise<readonly ReaderPod[]>;
  /**
   * Sets the pod template's annotation for the Secret to `text`; the same text again changes nothing. Returns the
   * workload as it now is. @throws Conflict, WriteRefused
   */
  restart(
    secret: NamespacedName,
    workload: WorkloadRef,
    text: string,
    signal: AbortSignal,
  ): Promise<Workload>;
}
