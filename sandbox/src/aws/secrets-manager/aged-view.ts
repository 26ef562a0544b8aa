import type { Secret, Secrets } from "./secret.ts";
import type { SecretsView } from "./secrets-view.ts";

interface State {
  readonly at: number;
  readonly secret: Secret | undefined;
}

/**
 * Shows the secrets as they were some time ago. The age may change at any moment. When it grows, readers see older states
 * again, as when AWS answers from a replica that lags behind another.
 */
export class AgedView implements SecretsView {
  readonly #ageMs: () => number;
  readonly #latest = new Map<string, Secret>();
  /** All states of each secret, oldest first. */
  readonly #states = new Map<string, State[]>();
  #lastChangeAt = Number.NEGATIVE_INFINITY;

  /** @param ageMs asked at each read: the age of the states that it sees, in ms */
  constructor(ageMs: () => number) {
    this.#ageMs = ageMs;
  }

  record(arn: string, secret: Secret | undefined, at: number): void {
    if (secret === undefined) this.#latest.delete(arn);
    else this.#latest.set(arn, secret);
    const states = this.#states.get(arn);
    if (states === undefined) this.#states.set(arn, [{ at, secret }]);
    else states.push({ at, secret });
    this.#lastChangeAt = Math.max(this.#lastChangeAt, at);
  }

  at(now: number): Secrets {
    const then = now - this.#ageMs();
    if (then >= this.#lastChangeAt) return this.#latest;
    const seen = new Map<string, Secret>();
    for (const [arn, states] of this.#states) {
      const secret = states.findLast(({ at }) => at <= then)?.secret;
      if (secret !== undefined) seen.set(arn, secret);
    }
    return seen;
  }
}
