import { ApiError, hasStatus } from "../client/api-error.ts";
import { keyOf, type NamespacedName, parseKey } from "../client/kubernetes-object.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ControllerMetrics, ReconcileOutcome, RuntimeMetrics } from "../telemetry/runtime-metrics.ts";
import type { Clock } from "../time/clock.ts";
import { DeadlineExceeded, deadline } from "../time/deadline.ts";
import type { Random } from "../time/random.ts";
import type { BackoffLimits } from "./backoff.ts";
import type { Reconciler, Result } from "./reconciler.ts";
import { WorkQueue } from "./work-queue.ts";

/** What a controller works with. */
export interface ControllerOptions {
  /** Names it in logs and metrics. */
  readonly name: string;
  readonly reconciler: Reconciler;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Pick<RuntimeMetrics, "controller" | "workQueue">;
  /** How many objects are reconciled at once. @default 8 */
  readonly workers?: number;
  /** A reconcile is given up after this time, in ms. @default 120,000 */
  readonly deadlineMs?: number;
  /** How long an object whose reconcile failed is put off. @default 1 s to 5 min */
  readonly backoff?: BackoffLimits;
}

const DEFAULT_DEADLINE_MS = 120_000;
/** A reconcile that does not heed its signal keeps its worker for so long after the deadline, in ms. */
const HEED_MS = 5_000;
/** Every worker is free again after deadline and HEED_MS; keys that wait so many times longer wait for nobody. */
const STALLED_TURNS = 2;

/** Has a reconciler called for every object that is enqueued: never twice at once for one, a bounded number at once in all. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #metrics: ControllerMetrics;
  readonly #queue: WorkQueue;

  constructor(options: ControllerOptions) {
    const { clock, random, metrics, name, backoff } = options;
    this.#options = options;
    this.#metrics = metrics.controller(name);
    const common = { clock, random, metrics: metrics.workQueue(name) };
    this.#queue = new WorkQueue(backoff === undefined ? common : { ...common, backoff });
  }

  get name(): string {
    return this.#options.name;
  }

  /** Objects that wait for a worker. */
  get depth(): number {
    return this.#queue.depth;
  }

  /** What is wrong when objects wait and no worker takes one, in a few words; undefined when all is well. */
  stalled(): string | undefined {
    const { deadlineMs = DEFAULT_DEADLINE_MS } = this.#options;
    const { standstill } = this.#queue;
    if (standstill * 1_000 < STALLED_TURNS * (deadlineMs + HEED_MS)) return undefined;
    return `${this.depth} objects wait, and no worker took one for ${Math.round(standstill)} s`;
  }

  /** Has the object reconciled as soon as may be. For listeners of stores and other sources; may be called before `run`. */
  enqueue(request: NamespacedName): void {
    this.#queue.add(keyOf(request));
  }

  /** Works until `signal` aborts; resolves when all workers have ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const workers = this.#options.workers ?? 8;
    this.#metrics.workers(workers);
    const stop = () => this.#queue.shutDown();
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(signal)));
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      await this.#reconcile(key, signal);
    }
  }

  /** Resolves when the reconcile is over, or is past waiting for; the key stays taken until it is really over. */
  async #reconcile(key: string, signal: AbortSignal): Promise<void> {
    const { clock, log, deadlineMs = DEFAULT_DEADLINE_MS } = this.#options;
    const limit = deadline(clock, deadlineMs, `the reconcile of ${key}`, signal);
    this.#metrics.active(1);
    const over = this.#run(key, limit.signal).finally(() => {
      limit.release();
      this.#queue.done(key);
    });
    const pastWaiting = Promise.withResolvers<void>();
    const giveUp = clock.setTimer(deadlineMs + HEED_MS, () => {
      log.error("reconcile does not heed its deadline: its worker goes on without it", { object: key });
      pastWaiting.resolve();
    });
    await Promise.race([over, pastWaiting.promise]);
    giveUp.cancel();
    this.#metrics.active(-1);
  }

  /** Calls the reconciler and sees to what follows. Never rejects. */
  async #run(key: string, signal: AbortSignal): Promise<void> {
    const { clock, log, name, reconciler } = this.#options;
    const context = {
      signal,
      log: log.child({ controller: name, object: key }),
      attempt: this.#queue.attempts(key),
    };
    const startedAt = clock.monotonic();
    const seconds = () => (clock.monotonic() - startedAt) / 1_000;
    try {
      const result = await reconciler.reconcile(parseKey(key), context);
      this.#metrics.reconciled(this.#follow(key, result), seconds());
    } catch (error) {
      // Given up because the process ends: not the object's fault.
      if (signal.aborted && !(signal.reason instanceof DeadlineExceeded)) return;
      this.#fail(key, error, context.log);
      this.#metrics.reconciled("error", seconds());
    }
  }

  #follow(key: string, result: Result): ReconcileOutcome {
    switch (result.kind) {
      case "done":
        this.#queue.forget(key);
        return "success";
      case "requeueAfter":
        this.#queue.forget(key);
        this.#queue.addAfter(key, result.ms);
        return "requeue_after";
      case "requeue":
        this.#queue.addRateLimited(key);
        return "requeue";
    }
  }

  #fail(key: string, error: unknown, log: Logger): void {
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.round(this.#queue.addRateLimited(key, asked));
    const fields = { error, attempt: this.#queue.attempts(key), waitMs };
    // Somebody else wrote first: the next reconcile sees what.
    if (hasStatus(error, 409)) log.info("reconcile was overtaken", fields);
    else log.error("reconcile failed", fields);
  }
}
