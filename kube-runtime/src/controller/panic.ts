import { AssertionError } from "node:assert";

/** The errors that the language throws at bugs, subclasses included. */
const FAULTS = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError, AssertionError];

/** Something that the code relies on does not hold: a bug. `message` may be logged and shown. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  readonly reason = "InvariantError";
}

/**
 * Whether an exception is a bug in the code rather than a fault of the environment: Go would panic. Wrap what a library
 * throws if it uses these classes for faults of the environment, as `fetch` uses TypeError.
 */
export function isPanic(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  return error instanceof InvariantError || FAULTS.some((fault) => error instanceof fault);
}
