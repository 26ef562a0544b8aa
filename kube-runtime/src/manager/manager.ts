import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import type { HealthServer } from "./health.ts";
import { type Runnable, RunnableGroup } from "./runnable-group.ts";

/** A runnable that others need to be filled first: a Reflector. */
export interface Cache extends Runnable {
  /** Resolves once it has synced. */
  readonly synced: Promise<void>;
  /** Undefined once it has synced, else what it waits for. */
  notReady(): string | undefined;
  /** Undefined as long as it does what it is for, or tries to. */
  stalled(): string | undefined;
}

/** Has one of several processes lead: a LeaderElector. It fails when this one does not lead any more. */
export interface Election extends Runnable {
  /** Resolves once this process leads. */
  readonly elected: Promise<void>;
}

/** What a manager works with. */
export interface ManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly health: HealthServer;
  /** @default this process leads from the start */
  readonly election?: Election | undefined;
  /** How long the runnables may take to end, in ms; below the pod's terminationGracePeriodSeconds. @default 20,000 */
  readonly graceMs?: number;
}

/** Caches only have to let go of a watch. */
const CACHES_GRACE_MS = 2_000;
/** Giving the lease back is one request. */
const ELECTION_GRACE_MS = 3_000;
/** With the lease lost another may lead soon: what is on its way is broken off, not finished. */
const LOST_LEASE_GRACE_MS = 1_000;

/**
 * Runs the parts of the process in their order: health server, caches until they are filled, the election until this
 * process leads, then controllers and whatever else. One that stands by has full caches and is ready. Stops them in the
 * reverse order, so that what is being finished still has what it reads from, and the lease is given back after it.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #caches: Cache[] = [];
  readonly #runnables: Runnable[] = [];

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Adds a reflector; /readyz fails until it has its first list, /healthz when it stalls. Before `run`. */
  addCache(cache: Cache): void {
    this.#caches.push(cache);
    this.#options.health.addReadyCheck(`cache-${cache.name}`, () => cache.notReady());
    this.#options.health.addHealthCheck(`watch-${cache.name}`, () => cache.stalled());
  }

  /** Adds a controller, or anything else that needs full caches and is for the leader to do. Before `run`. */
  addRunnable(runnable: Runnable): void {
    this.#runnables.push(runnable);
  }

  /** Runs everything until `signal` aborts or a part fails, and resolves when all has ended. @throws what that part threw */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, health, election, graceMs = 20_000 } = this.#options;
    const caches = new RunnableGroup(clock, log);
    const elections = new RunnableGroup(clock, log);
    const runnables = new RunnableGroup(clock, log);
    const over = Promise.race([aborted(signal), caches.failed, elections.failed, runnables.failed]);
    // Whoever awaits it gets to know; a failure while the parts are being stopped is one that nobody awaits.
    over.catch(() => {});
    try {
      log.info("started", { healthPort: await health.start() });
      caches.start(this.#caches);
      await Promise.race([over, Promise.all(this.#caches.map(({ synced }) => synced))]);
      if (signal.aborted) return;
      log.info("caches are filled");
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
      await health.stop();
      log.info("stopped");
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
