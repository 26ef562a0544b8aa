import type { Secret, Secrets } from "./secret.ts";

/** The secrets as readers see them: AWS shows each change only after some time. */
export interface SecretsView {
  /** Takes a change that was made at `at` (ms since 1970). `secret` is the new state; undefined after a deletion. */
  record(arn: string, secret: Secret | undefined, at: number): void;
  /** The secrets as a reader sees them at `now`, which never goes back. Valid until the next call of this view. */
  at(now: number): Secrets;
}
