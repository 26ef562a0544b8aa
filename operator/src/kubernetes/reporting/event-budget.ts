import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { RateLimit } from "@rotated-secrets/kube-runtime/time/token-bucket";

/** Objects of which a budget is kept; of more, those that have not spent for longest begin anew. */
const MAX_OBJECTS = 10_000;

/** How many events may still be told of each object: a burst, then so many a second. Nobody waits; what is too much is not told. */
export class EventBudget {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #left = new Map<string, { readonly tokens: number; readonly at: number }>();

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Takes one event from the budget of the object with this uid; false when nothing is left. */
  spend(uid: string): boolean {
    const { perSecond, burst } = this.#limit;
    const now = this.#clock.monotonic();
    const before = this.#left.get(uid) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + ((now - before.at) / 1_000) * perSecond);
    const allowed = tokens >= 1;
    this.#left.delete(uid);
    this.#left.set(uid, { tokens: allowed ? tokens - 1 : tokens, at: now });
    this.#bound();
    return allowed;
  }

  #bound(): void {
    const [longestUnused] = this.#left.keys();
    if (this.#left.size > MAX_OBJECTS && longestUnused !== undefined) this.#left.delete(longestUnused);
  }
}
