import type { Logger, RuntimeLogField } from "../telemetry/logger.ts";

/** Passed to each reconcile along with its key. */
export interface ReconcileContext<Field extends string = RuntimeLogField> {
  /** Aborts when the reconcile has used up its time, or when the process stops: abandon pending calls. */
  readonly signal: AbortSignal;
  /** Adds the controller and the key to each line. */
  readonly log: Logger<Field>;
}

/** The next step after a reconcile that succeeded. After an exception the controller tries again with back-off. */
export type Result =
  /** Nothing, until somebody enqueues the key again. */
  | { readonly kind: "done" }
  /** Reconcile again after this time, in ms, unless the key is enqueued earlier. */
  | { readonly kind: "requeueAfter"; readonly ms: number }
  /** Reconcile again, with back-off. */
  | { readonly kind: "requeue" };

/**
 * Brings the thing that a key names from its actual state to its desired state. The key does not say what happened:
 * read the state, then act. A reconciler must tolerate calls at any time and in any number. A controller never calls
 * it twice at the same time for the same key.
 *
 * @typeParam Key what the controller works on: the name of an object, the ARN of a secret
 * @typeParam Field names of the log fields that the product adds, see Logger
 */
export interface Reconciler<Key, Field extends string = RuntimeLogField> {
  /** @throws anything: the controller logs it, counts it, and tries again with back-off */
  reconcile(key: Key, context: ReconcileContext<Field>): Promise<Result>;
}
