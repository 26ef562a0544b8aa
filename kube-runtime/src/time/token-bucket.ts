import type { Clock } from "./clock.ts";
import { delay } from "./deadline.ts";

/** How often something may happen. */
export interface RateLimit {
  /** On average, per second. */
  readonly perSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

/** Lets callers through in the order of their calls, no faster than its limit. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  /** Negative while callers wait: then it is their number. */
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#filledAt = clock.monotonic();
  }

  /** Resolves at the caller's turn. @throws the signal's reason if it aborts earlier */
  async take(signal: AbortSignal): Promise<void> {
    this.#fill();
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    try {
      await delay(this.#clock, (-this.#tokens / this.#limit.perSecond) * 1_000, signal);
    } catch (error) {
      this.#tokens += 1;
      throw error;
    }
  }

  /** Takes a token if one is left; never waits. Returns whether it took one. */
  tryTake(): boolean {
    this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    const grown = ((now - this.#filledAt) / 1_000) * this.#limit.perSecond;
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + grown);
    this.#filledAt = now;
  }
}
