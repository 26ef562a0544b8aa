import { randomUUID } from "node:crypto";
import { ApiError, hasStatus } from "../client/api-error.ts";
import { withLogFields } from "../telemetry/log-scope.ts";
import type { LogFields, Logger, RuntimeLogField } from "../telemetry/logger.ts";
import type { ControllerMetrics, ReconcileOutcome, RuntimeMetrics } from "../telemetry/runtime-metrics.ts";
import type { BackoffLimits } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { DeadlineExceeded, deadline } from "../time/deadline.ts";
import type { Random } from "../time/random.ts";
import { isPanic } from "./panic.ts";
import type { Reconciler, Result } from "./reconciler.ts";
import { WorkQueue } from "./work-queue.ts";

/** Options of a Controller. */
export interface ControllerOptions<Key, Field extends string = RuntimeLogField> {
  /** Names the controller in logs and metrics. */
  readonly name: string;
  readonly reconciler: Reconciler<Key, Field>;
  /** The string form of a key: two keys with the same string are the same key. It names the key in messages. */
  readonly keyOf: (key: Key) => string;
  /** The log fields that name the key, such as `{ object: "shop/db" }`. */
  readonly logFields: (key: Key) => LogFields<Field>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger<Field>;
  readonly metrics: Pick<RuntimeMetrics, "controller" | "workQueue">;
  /** How many keys are reconciled at the same time. @default 8 */
  readonly workers?: number;
  /** A reconcile is aborted after this time, in ms. @default 120,000 */
  readonly deadlineMs?: number;
  /** How long a key waits after a failure. @default 1 s to 5 min */
  readonly backoff?: BackoffLimits;
}

const DEFAULT_DEADLINE_MS = 120_000;
/** How long a worker waits, after the deadline, for a reconcile that ignores its signal, in ms. */
const ABORT_GRACE_MS = 5_000;
/** A worker is free again after the deadline and ABORT_GRACE_MS. After this many times that, the controller is stalled. */
const STALLED_TURNS = 2;

/**
 * Calls a reconciler for each key that is enqueued: never twice at the same time for one key, and for a bounded number
 * of keys at the same time.
 *
 * Several controllers with different kinds of keys run side by side in one Manager: one keyed by the name of an object
 * (`Controller<NamespacedName>`), another by anything else that has a string form, such as the ARN of a secret. Each
 * has its own queue, workers, back-off and metrics.
 *
 * @typeParam Key what the controller works on
 * @typeParam Field names of the log fields that the product adds, see Logger
 */
export class Controller<Key, Field extends string = RuntimeLogField> {
  readonly #options: ControllerOptions<Key, Field>;
  readonly #metrics: ControllerMetrics;
  readonly #queue: WorkQueue<Key>;

  constructor(options: ControllerOptions<Key, Field>) {
    const { clock, random, metrics, name, keyOf, backoff } = options;
    this.#options = options;
    this.#metrics = metrics.controller(name);
    const common = { keyOf, clock, random, metrics: metrics.workQueue(name) };
    this.#queue = new WorkQueue(backoff === undefined ? common : { ...common, backoff });
  }

  get name(): string {
    return this.#options.name;
  }

  /** How many keys wait for a worker. */
  get depth(): number {
    return this.#queue.depth;
  }

  /** For a liveness check: the problem, if keys wait and no worker takes one; undefined otherwise. */
  stalled(): string | undefined {
    const { deadlineMs = DEFAULT_DEADLINE_MS } = this.#options;
    const { standstill } = this.#queue;
    if (standstill * 1_000 < STALLED_TURNS * (deadlineMs + ABORT_GRACE_MS)) return undefined;
    return `${this.depth} keys wait, and no worker took one for ${Math.round(standstill)} s`;
  }

  /** Reconciles the key as soon as a worker is free. Listeners of stores and other sources call it, also before `run`. */
  enqueue(key: Key): void {
    this.#queue.add(key);
  }

  /** Works until `signal` aborts, then resolves when all workers have ended. Never rejects. */
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

  /** Resolves when the reconcile has ended, or has ignored its deadline; the queue keeps the key until it has ended. */
  async #reconcile(key: Key, signal: AbortSignal): Promise<void> {
    const { clock, log, logFields, keyOf, deadlineMs = DEFAULT_DEADLINE_MS } = this.#options;
    const limit = deadline(clock, deadlineMs, `the reconcile of ${keyOf(key)}`, signal);
    this.#metrics.active(1);
    const over = this.#run(key, limit.signal).finally(() => {
      limit.release();
      this.#queue.done(key);
    });
    const ignored = Promise.withResolvers<void>();
    const giveUp = clock.setTimer(deadlineMs + ABORT_GRACE_MS, () => {
      log.child(logFields(key)).error("reconcile ignores its deadline: its worker goes on without it");
      ignored.resolve();
    });
    await Promise.race([over, ignored.promise]);
    giveUp.cancel();
    this.#metrics.active(-1);
  }

  /** Calls the reconciler and acts on its result. Never rejects. */
  async #run(key: Key, signal: AbortSignal): Promise<void> {
    const { clock, logFields, name, reconciler } = this.#options;
    const run = { controller: name, reconcileID: randomUUID() };
    const log = this.#options.log.child(run).child(logFields(key));
    const startedAt = clock.monotonic();
    const seconds = () => (clock.monotonic() - startedAt) / 1_000;
    try {
      const result = await withLogFields({ ...run, ...logFields(key) }, () =>
        reconciler.reconcile(key, { signal, log }),
      );
      this.#metrics.reconciled(this.#follow(key, result), seconds());
    } catch (error) {
      // The process stops: not a failure of this key.
      if (signal.aborted && !(signal.reason instanceof DeadlineExceeded)) return;
      this.#fail(key, error, log);
      this.#metrics.reconciled("error", seconds());
    }
  }

  #follow(key: Key, result: Result): ReconcileOutcome {
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

  #fail(key: Key, error: unknown, log: Logger<Field>): void {
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.round(this.#queue.addRateLimited(key, asked));
    const fields = { error, attempt: this.#queue.attempts(key), waitMs };
    if (isPanic(error)) {
      this.#metrics.panicked();
      log.error("reconcile failed by a bug: please report it", fields);
    }
    // Somebody else wrote the object first: the next reconcile reads what they wrote.
    else if (hasStatus(error, 409)) log.info("reconcile met a conflict", fields);
    else log.error("reconcile failed", fields);
  }
}
