import type { Secret, Secrets } from "./secret.ts";

interface PendingChange {
  readonly arn: string;
  /** The secret after the change; undefined when it is gone. */
  readonly secret: Secret | undefined;
  readonly visibleAt: number;
}

/**
 * The secrets as a reader sees them who learns of each change only after a while. A change that becomes visible
 * brings the secret's earlier ones with it, so what is seen never goes back in time.
 */
export class LaggingView {
  readonly #seen = new Map<string, Secret>();
  #pending: PendingChange[] = [];

  /** Notes a change that nobody sees before `visibleAt` (milliseconds since 1970). */
  record(arn: string, secret: Secret | undefined, visibleAt: number): void {
    this.#pending.push({ arn, secret, visibleAt });
  }

  /** What is seen at `now`, which never goes back. Good until the next call. */
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
