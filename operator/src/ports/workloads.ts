import type { WorkloadChoice } from "../api/workload-choice.ts";
import type { WorkloadName } from "../api/workload-kind.ts";
import type { Instant } from "./fact.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** A workload that can be restarted by a rolling update. */
export interface WorkloadRef extends NamespacedName, WorkloadName {}

/**
 * The pods that the controller replaces by itself when the template changes.
 *
 * - `RollingUpdate`: all pods.
 * - `Partition`: pods of a StatefulSet whose ordinal is `from` or higher. The others stay on the older template.
 * - `OnDelete`: none. A pod of the new template is created when a person deletes the old one.
 */
export type UpdateStrategy =
  | { readonly kind: "RollingUpdate" }
  | { readonly kind: "Partition"; readonly from: number }
  | { readonly kind: "OnDelete" };

/** A workload and the progress of its rollout, from the cache. */
export interface Workload {
  readonly ref: WorkloadRef;
  readonly createdAt: Instant;
  /** The pod template's annotation for the Secret: `version.rotatedsecrets.dev/<secret name>`. */
  readonly restartToken?: string;
  readonly paused: boolean;
  /** The desired number of replicas; for a DaemonSet, the number of nodes that its pods run on. */
  readonly replicas: number;
  readonly strategy: UpdateStrategy;
  readonly rollout: RolloutProgress;
}

/** The progress of a rolling update. */
export interface RolloutProgress {
  /** The controller has seen the newest template. */
  readonly observed: boolean;
  /** Pods that the controller brings onto the newest template. Fewer than `replicas` if a person does the rest. */
  readonly wanted: number;
  /** Pods of the newest template. */
  readonly updated: number;
  readonly total: number;
  readonly available: number;
  readonly terminating: number;
  /** The controller has completed the rollout (StatefulSet: currentRevision is updateRevision), or does not report that. */
  readonly closed: boolean;
  /** The time of the last progress. Only Deployments report it. */
  readonly progressedAt?: Instant;
  /** The controller has given up: its condition `Progressing` is False with this message. */
  readonly failure?: string;
}

/** Whether the controller has done its part: new pods are available, and it has no old pod left to replace. */
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

/** The owner of a pod: a workload, a Job (its pods run to their end), or another one in words (`ReplicaSet x`, `no controller`). */
export type PodOwner =
  | WorkloadName
  | { readonly kind: "Job"; readonly name: string }
  | { readonly kind: "other"; readonly text: string };

/** Whether this workload owns the pod. */
export function isPodOf({ owner }: Pick<ReaderPod, "owner">, workload: WorkloadName): boolean {
  return owner.kind === workload.kind && owner.name === workload.name;
}

/** Whether the controller replaces the pod by itself when the template changes. */
export function isReplacedByItself({ name }: Pick<ReaderPod, "name">, { strategy }: Workload): boolean {
  switch (strategy.kind) {
    case "RollingUpdate":
      return true;
    case "Partition":
      // Kubernetes: StatefulSet, "Pod Identity": the name of a pod is <name>-<ordinal>.
      return Number(name.slice(name.lastIndexOf("-") + 1)) >= strategy.from;
    case "OnDelete":
      return false;
  }
}

/** A pod that reads the Secret, from the API server. */
export interface ReaderPod {
  readonly name: string;
  readonly owner: PodOwner;
  readonly terminating: boolean;
  /** Its creationTimestamp, in whole seconds. */
  readonly createdAt: Instant;
  /**
   * The earliest time at which a container may have read the Secret that still runs: the start of its oldest running
   * container, or earlier if that is not known. Whole seconds, rounded down; undefined if no container has started.
   */
  readonly startedAt?: Instant;
  /** It starts without the Secret too: all its references are optional. */
  readonly optional: boolean;
  readonly ready: boolean;
  /** The reason why it does not start: the waiting reason of a container, such as `CrashLoopBackOff`. */
  readonly trouble?: string;
}

/** A reader that names a key of the Secret and cannot start without it. */
export interface KeyNeed {
  readonly key: string;
  /** The reader in words: `Deployment web`, `CronJob report`, `pod debug`. */
  readonly reader: string;
}

/** The keys of a Secret that readers need, or why the API server does not show all readers. */
export type KeyNeeds =
  | { readonly kind: "needs"; readonly needs: readonly KeyNeed[] }
  | { readonly kind: "refused"; readonly why: string };

/** Finds and restarts the workloads that read a Secret. */
export interface Workloads {
  /** The chosen workloads of the namespace (mode Auto: those that read the Secret), from the cache, sorted by name. */
  cached(secret: NamespacedName, choice: WorkloadChoice): readonly Workload[];
  /**
   * The pods of the namespace that count, unless they have ended. Mode Auto: pods that read the Secret. Other modes: pods of
   * the chosen workloads, whatever they read. Mode Selector: also pods that read the Secret and whose workload no longer
   * exists. One list (in pages) from the API server.
   */
  pods(secret: NamespacedName, choice: WorkloadChoice, signal: AbortSignal): Promise<readonly ReaderPod[]>;
  /**
   * The keys of the Secret that readers need: all workloads, CronJobs and pods of the namespace, whichever the spec chooses. Two
   * lists (in pages) from the API server.
   */
  keyNeeds(secret: NamespacedName, signal: AbortSignal): Promise<KeyNeeds>;
  /**
   * Sets the pod template's annotation for the Secret to this token. The same token again changes nothing. Returns the new
   * workload. @throws Conflict, WriteRefused
   */
  restart(
    secret: NamespacedName,
    workload: WorkloadRef,
    restartToken: string,
    signal: AbortSignal,
  ): Promise<Workload>;
}
