import type { AwsProblem } from "../../ports/aws-problem.ts";

/** The result of one call: an answer, or the reason why there is none. */
export type Answer<T> = { readonly kind: "answer"; readonly value: T } | CallFailure;

/** A call that was refused or not answered. */
export interface CallFailure {
  readonly kind: "problem";
  readonly problem: AwsProblem;
  /** A sentence that AWS's message contains, by its name in `OperationRules.sentences`. The message itself is dropped. */
  readonly sentence?: string;
}

/** A call that was answered. */
export function answer<T>(value: T): Answer<T> {
  return { kind: "answer", value };
}

/** A call that failed by this problem. */
export function failure(problem: AwsProblem): CallFailure {
  return { kind: "problem", problem };
}

/** The answer, or the problem that AWS's answer lacks fields that it always has. */
export function answerOr<T>(value: T | undefined, operation: string): Answer<T> {
  return value === undefined
    ? failure({ kind: "unavailable", operation, code: "UnexpectedAnswer" })
    : answer(value);
}
