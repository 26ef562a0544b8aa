import { type LRU, lru } from "tiny-lru";
import type { Clock } from "./clock.ts";
import { type RateLimit, TokenBucket } from "./token-bucket.ts";

/** Keys whose buckets are kept. */
const MAX_KEYS = 10_000;

/**
 * The same rate limit for each key by itself, for callers that do not wait. When there are too many keys, the one that was
 * not used for longest starts again with a full bucket.
 */
export class KeyedRateLimit {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #buckets: LRU<TokenBucket> = lru(MAX_KEYS);

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Takes a token of this key, if one is left. Returns whether it took one. */
  tryTake(key: string): boolean {
    const known = this.#buckets.get(key);
    const bucket = known ?? new TokenBucket(this.#clock, this.#limit);
    if (known === undefined) this.#buckets.set(key, bucket);
    return bucket.tryTake();
  }
}
