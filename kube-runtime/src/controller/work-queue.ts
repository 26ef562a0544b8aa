import type { WorkQueueMetrics } from "../telemetry/runtime-metrics.ts";
import { type BackoffLimits, backoffMs } from "../time/backoff.ts";
import type { Clock, Timer } from "../time/clock.ts";
import type { Random } from "../time/random.ts";
import { Fifo } from "./fifo.ts";

/** Options of a WorkQueue. */
export interface WorkQueueOptions<Key> {
  /** The string form of a key: two keys with the same string are the same key. */
  readonly keyOf: (key: Key) => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: WorkQueueMetrics;
  /** How long a failed key waits. @default 1 s to 5 min */
  readonly backoff?: BackoffLimits;
}

/** A key that waits for a worker. */
interface Waiting<Key> {
  readonly key: Key;
  /** When it was added, in seconds of the monotonic clock. */
  readonly since: number;
}

/** A key that is added when its time comes. */
interface Delayed {
  readonly due: number;
  readonly timer: Timer;
}

const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 1_000, maxMs: 300_000 };

/**
 * Keys that need work, with the guarantees of client-go's workqueue. A key waits at most once, however often it is
 * added. One worker at a time has it. If it is added while a worker has it, it waits again afterwards. The order is
 * first in, first out.
 *
 * @typeParam Key any value; `keyOf` tells keys apart
 */
export class WorkQueue<Key> {
  readonly #options: WorkQueueOptions<Key>;
  /** Keys that wait for a worker, by string form. */
  readonly #ready = new Map<string, Waiting<Key>>();
  /** The same keys, in their order. */
  readonly #order = new Fifo<string>();
  /** Keys that a worker has, and since when. */
  readonly #processing = new Map<string, number>();
  /** Keys that were added while a worker had them. */
  readonly #dirty = new Map<string, Key>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  #takers: ((key: Key | undefined) => void)[] = [];
  /** When a worker last took a key. */
  #lastTaken = Number.NEGATIVE_INFINITY;
  #shutDown = false;

  constructor(options: WorkQueueOptions<Key>) {
    this.#options = options;
    options.metrics.running(() => {
      const now = this.#seconds();
      return [...this.#processing.values()].map((since) => now - since);
    });
  }

  /** How many keys wait for a worker. Delayed keys do not count. */
  get depth(): number {
    return this.#ready.size;
  }

  /** For how many seconds keys have waited while no worker took one; 0 when no key waits. */
  get standstill(): number {
    const first = this.#ready.get(this.#order.first ?? "");
    return first === undefined ? 0 : this.#seconds() - Math.max(first.since, this.#lastTaken);
  }

  /** Asks for work on the key as soon as a worker is free. */
  add(key: Key): void {
    const id = this.#options.keyOf(key);
    if (this.#shutDown || this.#ready.has(id) || this.#dirty.has(id)) return;
    this.#options.metrics.added();
    if (this.#processing.has(id)) this.#dirty.set(id, key);
    else this.#enqueue(id, key);
  }

  /** Adds the key after `ms`. Of several calls the earliest time counts. `add` does not cancel it. */
  addAfter(key: Key, ms: number): void {
    if (this.#shutDown) return;
    const { clock, keyOf } = this.#options;
    const id = keyOf(key);
    const due = clock.monotonic() + ms;
    const delayed = this.#delayed.get(id);
    if (delayed !== undefined && delayed.due <= due) return;
    delayed?.timer.cancel();
    const timer = clock.setTimer(ms, () => {
      this.#delayed.delete(id);
      this.add(key);
    });
    this.#delayed.set(id, { due, timer });
  }

  /** Adds a key whose work failed, with back-off, and not before `atLeastMs`. Returns the delay in ms. */
  addRateLimited(key: Key, atLeastMs = 0): number {
    const { backoff = DEFAULT_BACKOFF, keyOf, random, metrics } = this.#options;
    const failures = this.attempts(key) + 1;
    this.#failures.set(keyOf(key), failures);
    const waitMs = Math.max(atLeastMs, backoffMs(backoff, failures, random));
    metrics.retried();
    this.addAfter(key, waitMs);
    return waitMs;
  }

  /** How often `addRateLimited` was called for the key since `forget`. */
  attempts(key: Key): number {
    return this.#failures.get(this.#options.keyOf(key)) ?? 0;
  }

  /** Its work succeeded: the next failure of the key counts as the first. */
  forget(key: Key): void {
    this.#failures.delete(this.#options.keyOf(key));
  }

  /** Resolves with the next key as soon as there is one; undefined after `shutDown`. Call `done` for each key. */
  take(): Promise<Key | undefined> {
    if (this.#shutDown) return Promise.resolve(undefined);
    const id = this.#order.shift() ?? "";
    const waiting = this.#ready.get(id);
    if (waiting === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    this.#ready.delete(id);
    this.#handOut(id, waiting.since);
    return Promise.resolve(waiting.key);
  }

  /** The worker has finished with the key. */
  done(key: Key): void {
    const id = this.#options.keyOf(key);
    const since = this.#processing.get(id);
    if (since === undefined) return;
    this.#processing.delete(id);
    this.#options.metrics.finished(this.#seconds() - since);
    const again = this.#dirty.get(id);
    if (again === undefined) return;
    this.#dirty.delete(id);
    if (!this.#shutDown) this.#enqueue(id, again);
  }

  /** Hands out no more keys and drops those that wait: after a restart the sources enqueue them again. */
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

  #enqueue(id: string, key: Key): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      this.#handOut(id, this.#seconds());
      taker(key);
      return;
    }
    this.#ready.set(id, { key, since: this.#seconds() });
    this.#order.push(id);
    this.#options.metrics.depth(this.depth);
  }

  #handOut(id: string, since: number): void {
    const now = this.#seconds();
    this.#processing.set(id, now);
    this.#lastTaken = now;
    this.#options.metrics.taken(now - since);
    this.#options.metrics.depth(this.depth);
  }

  #seconds(): number {
    return this.#options.clock.monotonic() / 1_000;
  }
}
