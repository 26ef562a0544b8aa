import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { Instant } from "../../ports/fact.ts";
import { AWS_READ_LAG_MS, CALL_RETRY_MAX_MS, CALL_RETRY_MS } from "../timing.ts";

/**
 * A call that must not be repeated without knowing whether the first one was made. It is written into status before it is made.
 * If the process ends before it hears the answer, the next one looks for the effect in AWS before it makes the call again.
 */
export interface Intent {
  readonly kind: "rotate";
  readonly arn: SecretArn;
  readonly token: VersionId;
}

/** The answer to the call of an intent. A `problem` without an answer of AWS may have been carried out all the same. */
export type IntentAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "inProgress" }
  | { readonly kind: "problem"; readonly problem: AwsProblem };

/**
 * How far this pass has come with an intent. It dies with the pass.
 *
 * - `none`: this pass has recorded nothing. An earlier pass or process may have made the call.
 * - `recorded`: status has the intent since this pass, so no call was made after it yet.
 * - `answered`: this pass has made the call and heard the answer.
 */
export type IntentProgress =
  | { readonly kind: "none" }
  | { readonly kind: "recorded"; readonly id: string }
  | { readonly kind: "answered"; readonly id: string; readonly answer: IntentAnswer };

/** An intent as status keeps it: enough for another process to go on. Times are RFC 3339. */
export interface IntentRecord {
  readonly startedAt: string;
  /** Answers that were problems. */
  readonly attempts: number;
  /** When the call was last recorded again, or answered by a problem. */
  readonly lastAttemptAt?: string | undefined;
  readonly lastError?: string | undefined;
}

/** Whether the effect of the call is there; `unknown` until it is read at its source in this pass. */
export type Effect = "there" | "absent" | "unknown";

/**
 * The next step of an intent.
 *
 * - `call`: make the call.
 * - `follow`: AWS has it; wait for its end.
 * - `settle`: wait until `until`. The call may have been made, and AWS's reads may not show its effect yet.
 * - `backOff`: wait until `until` before the next attempt.
 * - `noteProblem`: write the problem into status.
 * - `verify`: read at the source whether the effect is there.
 * - `recordAgain`: write the next attempt into status, then call.
 */
export type IntentStep =
  | { readonly next: "call" | "follow" | "verify" | "recordAgain" }
  | { readonly next: "settle" | "backOff"; readonly until: Instant }
  | { readonly next: "noteProblem"; readonly problem: AwsProblem };

/** All that decides about an intent. */
export interface IntentSituation {
  readonly id: string;
  readonly record: IntentRecord;
  readonly progress: IntentProgress;
  readonly effect: Effect;
  readonly now: Instant;
  /** When this operator process started. */
  readonly operatorStartedAt: Instant;
}

/** Decides the next step of an intent that is in status. Pure; `intent.test.ts` holds the table of crash points. */
export function nextOfIntent(situation: IntentSituation): IntentStep {
  const { id, record, progress, effect, now } = situation;
  if (progress.kind === "answered" && progress.id === id)
    return progress.answer.kind === "problem"
      ? { next: "noteProblem", problem: progress.answer.problem }
      : { next: "follow" };
  const visibleAt = visibleFrom(record, situation.operatorStartedAt);
  if (progress.kind === "recorded" && progress.id === id)
    return effect === "absent" ? { next: "call" } : { next: "settle", until: visibleAt };
  if (now < visibleAt && record.lastError === undefined) return { next: "settle", until: visibleAt };
  const until = Math.max(visibleAt, retryAt(record));
  if (now < until) return { next: "backOff", until };
  if (effect === "unknown") return { next: "verify" };
  return { next: effect === "there" ? "follow" : "recordAgain" };
}

/** Before this time, AWS's reads may not show the effect of a call that was made. */
export function visibleFrom(record: IntentRecord, operatorStartedAt: Instant): Instant {
  return Math.max(lastCallAt(record), operatorStartedAt) + AWS_READ_LAG_MS;
}

/** When the call was last made at the latest, as far as status tells. */
export function lastCallAt({ startedAt, lastAttemptAt }: IntentRecord): Instant {
  return Date.parse(lastAttemptAt ?? startedAt);
}

/** When the next attempt may be made: the delay doubles with each problem. */
export function retryAt({ attempts, lastAttemptAt, lastError }: IntentRecord): Instant {
  if (attempts === 0 || lastAttemptAt === undefined || lastError === undefined) return 0;
  return Date.parse(lastAttemptAt) + Math.min(CALL_RETRY_MS * 2 ** (attempts - 1), CALL_RETRY_MAX_MS);
}
