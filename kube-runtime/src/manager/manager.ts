import type { Logger } from "../telemetry/logger.ts";
import { aborted } from "../time/aborted.ts";
import type { Clock } from "../time/clock.ts";
import type { HealthServer } from "./health.ts";
import type { MetricsServer } from "./metrics-server.ts";
import { type Runnable, RunnableGroup } from "./runnable-group.ts";

/** A runnable that has to be synced before others start: a Reflector. */
export interface Cache extends Runnable {
  /** Resolves when it has synced. */
  readonly synced: Promise<void>;
  /** The reason why it is not ready; undefined when it has synced. */
  notReady(): string | undefined;
  /** The problem, if it has stopped working; undefined while it works or retries. */
  stalled(): string | undefined;
}

/** Elects a leader among several processes: a LeaderElector. It rejects when this process is no longer the leader. */
export interface Election extends Runnable {
  /** Resolves when this process becomes the leader. */
  readonly elected: Promise<void>;
}

/** Options of a Manager. */
export interface ManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly health: HealthServer;
  /** @default no metrics are served */
  readonly metrics?: MetricsServer | undefined;
  /** @default this process is the leader from the start */
  readonly election?: Election | undefined;
  /** How long the runnables may take to stop, in ms; below the pod's terminationGracePeriodSeconds. @default 20,000 */
  readonly graceMs?: number;
}

/** A cache only has to end its watch. */
const CACHES_GRACE_MS = 2_000;
/** The release of the lease is one request. */
const ELECTION_GRACE_MS = 3_000;
/** After the lease is lost another process may become the leader soon: work in progress is aborted, not finished. */
const LOST_LEASE_GRACE_MS = 1_000;

/**
 * Starts the parts of a process in order: the servers of health and metrics; the caches, until they have synced; the election, until
 * this process is the leader; then controllers and other runnables. So a standby has synced caches and is ready. Stops
 * them in reverse order: work that is being finished can still read the caches, and the lease is released after it.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #caches: Cache[] = [];
  readonly #runnables: Runnable[] = [];

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Adds a reflector. /readyz fails until it has its first list; /healthz fails if it stalls. Call it before `run`. */
  addCache(cache: Cache): void {
    this.#caches.push(cache);
    this.#options.health.addReadyCheck(`cache-${cache.name}`, () => cache.notReady());
    this.#options.health.addHealthCheck(`watch-${cache.name}`, () => cache.stalled());
  }

  /** Adds a controller, or another part that needs synced caches and runs only in the leader. Call it before `run`. */
  addRunnable(runnable: Runnable): void {
    this.#runnables.push(runnable);
  }

  /** Runs all parts until `signal` aborts or a part fails; resolves when all have ended. @throws the error of that part */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, health, metrics, election, graceMs = 20_000 } = this.#options;
    const caches = new RunnableGroup(clock, log);
    const elections = new RunnableGroup(clock, log);
    const runnables = new RunnableGroup(clock, log);
    const over = Promise.race([aborted(signal), caches.failed, elections.failed, runnables.failed]);
    // A part that fails while the parts are being stopped has no other handler.
    over.catch(() => {});
    try {
      log.info("started", { healthPort: await health.start(), metricsPort: await metrics?.start() });
      caches.start(this.#caches);
      await Promise.race([over, Promise.all(this.#caches.map(({ synced }) => synced))]);
      if (signal.aborted) return;
      log.info("caches have synced");
      if (election !== undefined) elections.start([election]);
      await Promise.race([over, election?.elected]);
      if (signal.aborted) return;
      runnables.start(this.#runnables);
      await over;
    } finally {
      log.info("stopping");
      await runnables.stop(elections.hasFailed ? LOST_LEASE_GRACE_MS : graceMs);
      await elections.stop(ELECTION_GRACE_MS);
      await caches.stop(CACHES_GRACE_MS);
      await Promise.all([health.stop(), metrics?.stop()]);
      log.info("stopped");
    }
  }
}
