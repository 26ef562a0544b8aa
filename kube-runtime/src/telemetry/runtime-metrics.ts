/** Receives the metrics of a work queue, named as in client-go (`workqueue_*`). Times are in seconds. */
export interface WorkQueueMetrics {
  /** How many keys wait for a worker. */
  depth(keys: number): void;
  /** A key was added that did not wait already. */
  added(): void;
  /** A key was delayed because its work failed. */
  retried(): void;
  /** A worker took a key. */
  taken(waitedSeconds: number): void;
  /** A worker has finished with a key. */
  finished(workedSeconds: number): void;
  /** Sets the function that returns, at each scrape, for how long each key in progress has been so. */
  running(ages: () => readonly number[]): void;
}

/** How a reconcile ended, in controller-runtime's words. */
export type ReconcileOutcome = "success" | "error" | "requeue" | "requeue_after";

/** Receives the metrics of a controller, named as in controller-runtime. */
export interface ControllerMetrics {
  /** How many reconciles may run at once. */
  workers(count: number): void;
  /** A reconcile starts or ends. */
  active(change: 1 | -1): void;
  /** A reconcile has ended. */
  reconciled(outcome: ReconcileOutcome, seconds: number): void;
  /** A reconcile threw because of a bug, see isPanic. It is reported to `reconciled` as an error too. */
  panicked(): void;
}

/** Receives the metrics of a reflector (`reflector_*`). */
export interface ReflectorMetrics {
  /** A list begins. */
  listed(): void;
  /** A watch begins. */
  watched(): void;
  /** A list or watch ended in an error; `reason` has few values. */
  failed(reason: string): void;
  /** Sets the function that returns, at each scrape, when the API server last sent anything; ms since the epoch. */
  lastEvent(time: () => number): void;
}

/** Receives the metrics of all parts of the runtime, each by its name. */
export interface RuntimeMetrics {
  workQueue(name: string): WorkQueueMetrics;
  controller(name: string): ControllerMetrics;
  reflector(name: string): ReflectorMetrics;
  /** Whether this process is the leader by this lease (`leader_election_master_status`). */
  leader(lease: string): (leads: boolean) => void;
  /** For `observe` of KubeClient: `rest_client_requests_total` and `rest_client_request_duration_seconds`. */
  readonly request: (seen: {
    readonly method: string;
    readonly code: string;
    readonly host: string;
    readonly seconds: number;
  }) => void;
}

/** Drops all metrics. */
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
