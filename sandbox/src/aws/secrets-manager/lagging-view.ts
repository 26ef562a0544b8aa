import type { Secret, Secrets } from "./secret.ts";
import type { SecretsView } from "./secrets-view.ts";

interface PendingChange {
  readonly arn: string;
  readonly secret: Secret | undefined;
  readonly visibleAt: number;
}

/**
 * Shows each change after a lag of its own. A change that becomes visible takes the earlier changes of its secret along, so
 * a reader never sees a secret go back in time.
 */
export class LaggingView implements SecretsView {
  readonly #nextLagMs: () => number;
  readonly #seen = new Map<string, Secret>();
  #pending: PendingChange[] = [];

  /** @param nextLagMs called once for each change: the time until readers see it, in ms */
  constructor(nextLagMs: () => number) {
    this.#nextLagMs = nextLagMs;
  }

  record(arn: string, secret: Secret | undefined, at: number): void {
    this.#pending.push({ arn, secret, visibleAt: at + this.#nextLagMs() });
  }

  at(now: number): Secrets {
    const visible = new Map<string, PendingChange>();
    for (const change of this.#pending) {
      if (change.visibleAt <= now) visible.set(change.arn, change);
    }
    for (const [arn, change] of visible) {
      const upTo = this.#pending.lastIndexOf(change);
      this.#pending = this.#pending.filter((other, index) => other.arn !== arn || index > upTo);
      if (change.secret === undefined) this.#seen.delete(arn);
      else this.#seen.set(arn, change.secret);
    }
    return this.#seen;
  }
}
