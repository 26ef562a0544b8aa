import type { Instant } from "./fact.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** A workload that can be restarted in a rolling way. */
export interface WorkloadRef extends NamespacedName {
  readonly kind: "Deployment";
}

/** A workload and how far its rollout is, from the cache. */
export interface Workload {
  readonly ref: WorkloadRef;
  readonly createdAt: Instant;
  /** The pod template's annotation for the Secret: `version.rotatedsecrets.dev/<secret name>`. */
  readonly versionText?: string;
  readonly paused: boolean;
  /** Replicas wanted. */
  readonly replicas: number;
  readonly rollout: RolloutProgress;
}

/** Where a rolling update stands, in the words of the Deployment's status. */
export interface RolloutProgress {
  /** The controller has seen the newest template. */
  readonly observed: boolean;
  readonly updated: number;
  readonly total: number;
  readonly available: number;
  readonly terminating: number;
  /** Time of the last progress that the controller noted. */
  readonly progressedAt?: Instant;
  /** The controller gave it up: `Progressing` is False with this message. */
  readonly failure?: string;
}

/** Whether the rollout is through: all replicas new and available, no old pod left, not even a terminating one. */
export function isRolledOut(workload: Workload): boolean {
  const { observed, updated, total, available, terminating } = workload.rollout;
  const all = workload.replicas;
  return observed && updated >= all && total <= updated && available >= all && terminating === 0;
}

/** A pod that reads the Secret, read live. */
export interface ReaderPod {
  readonly name: string;
  /** Whose it is: a workload that we restart, or in words what else owns it (`StatefulSet db`, `no controller`). */
  readonly owner:
    | { readonly kind: "workload"; readonly name: string }
    | { readonly kind: "other"; readonly text: string };
  readonly terminating: boolean;
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
  /** Workloads of the namespace that count: those that read the Secret, or just `names` where they are given; from the cache, sorted by name. */
  cached(secret: NamespacedName, names: readonly string[] | undefined): readonly Workload[];
  /**
   * Pods of the namespace that count, and whose containers run or may still start: those that read the Secret, or just
   * those of the workloads in `names` where they are given. Ended pods are left out. One list (in pages) from the API server.
   */
  pods(
    secret: NamespacedName,
    names: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly ReaderPod[]>;
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
