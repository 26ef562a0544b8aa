/** A container's process that has ended. */
export interface Terminated {
  readonly kind: "terminated";
  /** 128 plus the signal's number when a signal ended it. */
  readonly exitCode: number;
  readonly reason: "Completed" | "Error";
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly containerId: string;
}

/** A container without a process, and why. */
export interface Waiting {
  readonly kind: "waiting";
  /** One word of a kubelet's, such as `CrashLoopBackOff`. */
  readonly reason: string;
  readonly message?: string;
}

/** The three states of Kubernetes. */
export type ContainerState = Waiting | { readonly kind: "running"; readonly startedAt: Date } | Terminated;

/** Everything that a pod's status tells of one container. */
export interface ContainerSnapshot {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** The run before this one. */
  readonly last?: Terminated;
  /** Passed its startup probe, or has none and runs. */
  readonly started: boolean;
  /** Passes its readiness probe, or has none and has started. */
  readonly ready: boolean;
  readonly restartCount: number;
  /** Of the current or the last process; another one after every start. */
  readonly containerId?: string;
}
