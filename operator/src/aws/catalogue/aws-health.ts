import type { AwsProblem } from "../../ports/aws-problem.ts";
import { fullJitter } from "./full-jitter.ts";
import type { Moment } from "./moment.ts";

/** Whether AWS answers in one scope. */
export interface AwsHealth {
  /** Ids of the secrets whose reads have failed since AWS last answered. */
  readonly failing: ReadonlySet<string>;
  /** Set while AWS does not answer. */
  readonly away: AwsAway | undefined;
}

/** AWS does not answer. */
export interface AwsAway {
  readonly problem: AwsProblem;
  /** Failures since it is away. */
  readonly failures: number;
  /** Until then, by the monotonic clock, no refresh starts that no caller waits for. */
  readonly closedUntil: number;
}

/** AWS answers. */
export const HEALTHY: AwsHealth = { failing: new Set(), away: undefined };

/** One secret may fail by itself. When this many fail and none is answered, AWS is away. */
const FAILING_UNTIL_AWAY = 3;

/** AWS did not answer a read of this secret. @param followed how many secrets are followed */
export function afterFailure(
  { failing, away }: AwsHealth,
  secretId: string,
  problem: AwsProblem,
  followed: number,
  { monotonic, jitter }: Moment,
): AwsHealth {
  if (away !== undefined) {
    const failures = away.failures + 1;
    const closedUntil = monotonic + fullJitter(jitter, failures);
    return { failing, away: { problem: away.problem, failures, closedUntil } };
  }
  const more = new Set(failing).add(secretId);
  const isAway = more.size >= Math.min(FAILING_UNTIL_AWAY, followed);
  return {
    failing: more,
    away: isAway ? { problem, failures: 0, closedUntil: Number.NEGATIVE_INFINITY } : undefined,
  };
}

/** When a refresh that is due at `due` may start: when AWS is away, at a point of its own after the pause. */
export function whenOpen(due: number, away: AwsAway | undefined, jitter: number): number {
  if (away === undefined || due >= away.closedUntil) return due;
  return away.closedUntil + fullJitter(jitter, away.failures);
}
