import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { Instant } from "../../ports/fact.ts";
import { FAILURE_RETRY_MAX_MS, FAILURE_RETRY_MS } from "../timing.ts";

/** What the last rotations came to. */
export interface FailureBackOff {
  /** How many have failed in a row, the last included. */
  readonly failures: number;
  /** Before this, neither schedule nor age begin another; a request is a person's word, and does not wait. */
  readonly until: Instant;
}

/** The wait after the last rotations, where they have failed; undefined where the last has not. */
export function failureBackOff({ history = [] }: RotatedSecretStatus): FailureBackOff | undefined {
  const [last] = history;
  const end = history.findIndex(({ result }) => result !== "Failed");
  const failures = end === -1 ? history.length : end;
  if (last === undefined || failures === 0) return undefined;
  const wait = Math.min(FAILURE_RETRY_MS * 2 ** (failures - 1), FAILURE_RETRY_MAX_MS);
  return { failures, until: Date.parse(last.finishedAt) + wait };
}
