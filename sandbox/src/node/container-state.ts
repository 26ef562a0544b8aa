/** The end of a container's process. */
export interface Terminated {
  readonly kind: "terminated";
  /** 128 plus the signal's number if a signal ended it. */
  readonly exitCode: number;
  readonly reason: "Completed" | "Error";
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly containerId: string;
}

/** A container without a process, and the reason. */
export interface Waiting {
  readonly kind: "waiting";
  /** A kubelet's reason, such as `CrashLoopBackOff`. */
  readonly reason: string;
  readonly message?: string;
}

/** The three container states of Kubernetes. */
export type ContainerState = Waiting | { readonly kind: "running"; readonly startedAt: Date } | Terminated;

/** The facts of one container for the pod's status. */
export interface ContainerSnapshot {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** The previous run. */
  readonly last?: Terminated;
  /** Whether it has passed its startup probe, or has none and runs. */
  readonly started: boolean;
  /** Whether it passes its readiness probe, or has none and has started. */
  readonly ready: boolean;
  readonly restartCount: number;
  /** Id of the current or the last process. Each start has a new one. */
  readonly containerId?: string;
}
