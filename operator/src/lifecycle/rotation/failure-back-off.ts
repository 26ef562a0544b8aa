import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { Instant } from "../../ports/fact.ts";
import { FAILURE_RETRY_MAX_MS, FAILURE_RETRY_MS } from "../timing.ts";

/** A series of failed rotations. */
export interface FailureBackOff {
  /** Failures in a row, the last one included. */
  readonly failures: number;
  /** Before this time, schedule and age start no rotation. A request is a person's decision and does not wait. */
  readonly until: Instant;
}

/** The wait after failed rotations; undefined if the last one did not fail. */
export function failureBackOff({ history = [] }: RotatedSecretStatus): FailureBackOff | undefined {
  const [last] = history;
  const end = history.findIndex(({ result }) => result !== "Failed");
  const failures = end === -1 ? history.length : end;
  if (last === undefined || failures === 0) return undefined;
  const wait = Math.min(FAILURE_RETRY_MS * 2 ** (failures - 1), FAILURE_RETRY_MAX_MS);
  return { failures, until: Date.parse(last.finishedAt) + wait };
}
