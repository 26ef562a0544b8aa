/** What a work queue tells of itself, under client-go's names (`workqueue_*`). Times are in seconds. */
export interface WorkQueueMetrics {
  /** Keys that wait for a worker. */
  depth(keys: number): void;
  added(): void;
  /** A key was again put off because its work failed. */
  retried(): void;
  /** A worker took a key that had waited so long. */
  taken(waitedSeconds: number): void;
  finished(workedSeconds: number): void;
  /** Hands over how to ask, when metrics are read, for how long each key under work has been so. */
  running(ages: () => readonly number[]): void;
}

/** How a reconcile ended, in controller-runtime's words. */
export type ReconcileOutcome = "success" | "error" | "requeue" | "requeue_after";

/** What a controller tells of itself, under controller-runtime's names. */
export interface ControllerMetrics {
  /** How many reconciles may run at once. */
  workers(count: number): void;
  active(change: 1 | -1): void;
  reconciled(outcome: ReconcileOutcome, seconds: number): void;
  /** A reconcile threw because of a bug, see isPanic. It is reported to `reconciled` as an error too. */
  panicked(): void;
}

/** What a reflector tells of itself (`reflector_*`). */
export interface ReflectorMetrics {
  listed(): void;
  watched(): void;
  /** A list or watch ended in an error; `reason` has few values. */
  failed(reason: string): void;
  /** Hands over how to ask, when metrics are read, when the API server last said anything; ms since the epoch. */
  lastEvent(time: () => number): void;
}

/** Where the runtime's parts report to; each part under the name that it has. */
export interface RuntimeMetrics {
  workQueue(name: string): WorkQueueMetrics;
  controller(name: string): ControllerMetrics;
  reflector(name: string): ReflectorMetrics;
  /** Whether this process leads by the lease of that name (`leader_election_master_status`). */
  leader(lease: string): (leads: boolean) => void;
  /** `rest_client_requests_total` and `rest_client_request_duration_seconds`; a RequestObserver of KubeClient. */
  readonly request: (seen: {
    readonly method: string;
    readonly code: string;
    readonly host: string;
    readonly seconds: number;
  }) => void;
}

/** Reports to nobody. */
export const noMetrics: RuntimeMetrics = {
  workQueue: () => ({
    depth: () => {},
    added: () => {},
    retried: () => {},
    taken: () => {},
    finished: () => {},
    running: () => {},
  }),
  controller: () => ({ workers: () => {}, active: () => {}, reconciled: () => {}, panicked: () => {} }),
  reflector: () => ({ listed: () => {}, watched: () => {}, failed: () => {}, lastEvent: () => {} }),
  leader: () => () => {},
  request: () => {},
};
