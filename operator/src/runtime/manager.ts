import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "./clock.ts";
import type { HealthServer } from "./health.ts";
import { type Runnable, RunnableGroup } from "./runnable-group.ts";

/** A runnable that others need to be filled first: a Reflector. */
export interface Cache extends Runnable {
  readonly hasSynced: boolean;
  /** Resolves once it has synced. */
  readonly synced: Promise<void>;
}

/** What a manager works with. */
export interface ManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly health: HealthServer;
  /** How long the runnables may take to end, in ms; below the pod's terminationGracePeriodSeconds. @default 20,000 */
  readonly graceMs?: number;
}

/** Caches only have to let go of a watch. */
const CACHES_GRACE_MS = 2_000;

/**
 * Runs the parts of the process in their order: health server, caches until they are filled, then controllers and
 * whatever else. Stops them in the reverse order, so that what is being finished still has what it reads from.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #caches: Cache[] = [];
  readonly #runnables: Runnable[] = [];

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Adds a reflector; /readyz fails until it has its first list. Before `run`. */
  addCache(cache: Cache): void {
    this.#caches.push(cache);
    this.#options.health.addReadyCheck(`cache-${cache.name}`, () =>
      cache.hasSynced ? undefined : "its first list has not come yet",
    );
  }

  /** Adds a controller, or anything else that needs full caches. Before `run`. */
  addRunnable(runnable: Runnable): void {
    this.#runnables.push(runnable);
  }

  /** Runs everything until `signal` aborts or a part fails, and resolves when all has ended. @throws what that part threw */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, health, graceMs = 20_000 } = this.#options;
    const caches = new RunnableGroup(clock, log);
    const runnables = new RunnableGroup(clock, log);
    const over = Promise.race([aborted(signal), caches.failed, runnables.failed]);
    try {
      log.info("started", { healthPort: await health.start() });
      caches.start(this.#caches);
      await Promise.race([over, Promise.all(this.#caches.map(({ synced }) => synced))]);
      if (signal.aborted) return;
      log.info("caches are filled");
      runnables.start(this.#runnables);
      await over;
    } finally {
      log.info("stopping");
      await runnables.stop(graceMs);
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
