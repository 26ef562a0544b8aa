import type { WorkQueueMetrics } from "../telemetry/runtime-metrics.ts";
import type { Clock, Timer } from "../time/clock.ts";
import type { Random } from "../time/random.ts";
import { type BackoffLimits, backoffMs } from "./backoff.ts";
import { Fifo } from "./fifo.ts";

/** What a queue works with. */
export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: WorkQueueMetrics;
  /** How long a key that failed is put off. @default 1 s to 5 min */
  readonly backoff?: BackoffLimits;
}

interface Delayed {
  readonly due: number;
  readonly timer: Timer;
}

const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 1_000, maxMs: 300_000 };

/**
 * Keys that need work, as client-go's workqueue: a key waits at most once however often it is added, is in the hands
 * of one worker at a time, and waits again if it was added meanwhile. First come, first served.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  /** Keys that wait for a worker, and since when. */
  readonly #ready = new Map<string, number>();
  /** The same keys, in their order. */
  readonly #order = new Fifo<string>();
  /** Keys in the hands of a worker, and since when. */
  readonly #processing = new Map<string, number>();
  /** Keys that were added while in the hands of a worker. */
  readonly #dirty = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  #takers: ((key: string | undefined) => void)[] = [];
  /** When a worker last took a key. */
  #lastTaken = Number.NEGATIVE_INFINITY;
  #shutDown = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    options.metrics.running(() => {
      const now = this.#seconds();
      return [...this.#processing.values()].map((since) => now - since);
    });
  }

  /** Keys that wait for a worker; those that are put off do not count. */
  get depth(): number {
    return this.#ready.size;
  }

  /** For how long, in seconds, keys have waited without any worker taking one; 0 when none waits. */
  get standstill(): number {
    const since = this.#ready.get(this.#order.first ?? "");
    return since === undefined ? 0 : this.#seconds() - Math.max(since, this.#lastTaken);
  }

  /** Asks for work on the key, as soon as a worker is free. */
  add(key: string): void {
    if (this.#shutDown || this.#ready.has(key) || this.#dirty.has(key)) return;
    this.#options.metrics.added();
    if (this.#processing.has(key)) this.#dirty.add(key);
    else this.#enqueue(key);
  }

  /** Asks for work on the key in `ms`. The earliest of several such wishes holds; `add` does not fulfil it. */
  addAfter(key: string, ms: number): void {
    if (this.#shutDown) return;
    const { clock } = this.#options;
    const due = clock.monotonic() + ms;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined && delayed.due <= due) return;
    delayed?.timer.cancel();
    const timer = clock.setTimer(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { due, timer });
  }

  /** Asks for work on a key whose work failed, later each time, and not before `atLeastMs`. Returns the wait in ms. */
  addRateLimited(key: string, atLeastMs = 0): number {
    const failures = this.attempts(key) + 1;
    this.#failures.set(key, failures);
    const { backoff = DEFAULT_BACKOFF, random, metrics } = this.#options;
    const waitMs = Math.max(atLeastMs, backoffMs(backoff, failures, random));
    metrics.retried();
    this.addAfter(key, waitMs);
    return waitMs;
  }

  /** How often `addRateLimited` was called for the key since `forget`. */
  attempts(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Its work went well: its next failure counts as the first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Gives out the next key, as soon as there is one; it must be handed back by `done`. Undefined once shut down. */
  take(): Promise<string | undefined> {
    if (this.#shutDown) return Promise.resolve(undefined);
    const key = this.#order.shift();
    if (key === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    const since = this.#ready.get(key) ?? this.#seconds();
    this.#ready.delete(key);
    this.#handOut(key, since);
    return Promise.resolve(key);
  }

  /** The worker has no more to do with the key. */
  done(key: string): void {
    const since = this.#processing.get(key);
    if (since === undefined) return;
    this.#processing.delete(key);
    this.#options.metrics.finished(this.#seconds() - since);
    if (this.#dirty.delete(key) && !this.#shutDown) this.#enqueue(key);
  }

  /** Gives out nothing any more, neither what waits nor what is put off: a restart finds it again. */
  shutDown(): void {
    this.#shutDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#dirty.clear();
    this.#ready.clear();
    this.#order.clear();
    this.#options.metrics.depth(0);
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #enqueue(key: string): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      this.#handOut(key, this.#seconds());
      taker(key);
      return;
    }
    this.#ready.set(key, this.#seconds());
    this.#order.push(key);
    this.#options.metrics.depth(this.depth);
  }

  #handOut(key: string, since: number): void {
    const now = this.#seconds();
    this.#processing.set(key, now);
    this.#lastTaken = now;
    this.#options.metrics.taken(now - since);
    this.#options.metrics.depth(this.depth);
  }

  #seconds(): number {
    return this.#options.clock.monotonic() / 1_000;
  }
}
