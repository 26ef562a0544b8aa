import type { Logger } from "../telemetry/logger.ts";

/** Which object to reconcile. It says nothing of what happened: look, and bring about what should be. */
export interface Request {
  /** Empty for what belongs to the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** What a reconcile gets besides its request. */
export interface ReconcileContext {
  /** Aborts when the deadline is over or the process ends: give up what is on its way. */
  readonly signal: AbortSignal;
  /** Says which controller and object in each line. */
  readonly log: Logger;
  /** How many reconciles of this object have failed in a row before this one. */
  readonly attempt: number;
}

/** What is to follow a reconcile that went well. An exception means: again, later each time. */
export type Result =
  /** Nothing, until something happens. */
  | { readonly kind: "done" }
  /** Again after this time, in ms, if nothing happens before. */
  | { readonly kind: "requeueAfter"; readonly ms: number }
  /** Again, later each time. */
  | { readonly kind: "requeue" };

/** Brings one object, and what belongs to it, from what is to what should be. Must bear being called at any time, any number of times. */
export interface Reconciler {
  reconcile(request: Request, context: ReconcileContext): Promise<Result>;
}
