import type { RotationStep } from "@rotated-secrets/contract/rotation-event";

/** The end of a rotation. `abandoned` means that its version has lost AWSPENDING or that rotation was switched off. */
export type RotationOutcome = "succeeded" | "failed" | "abandoned";

/** The next action in a rotation. */
export type RotationAction =
  /** Let the function run a step, and report its result to `stepEnded`. */
  | { readonly kind: "step"; readonly functionArn: string; readonly step: RotationStep }
  /** Wait before the whole rotation is repeated. */
  | { readonly kind: "pause" }
  | { readonly kind: "over"; readonly outcome: RotationOutcome };

/**
 * Secrets Manager's part of a rotation, without the function and without waits. The caller asks for the next action,
 * carries it out, and asks again until the rotation is over.
 */
export interface RotationCourse {
  /** How many times the function was started from its first step. */
  readonly attempts: number;
  /** Depends on the state of the secret at the time of the call. */
  next(): RotationAction;
  /** Reports the result of the step that `next` has asked for. */
  stepEnded(result: "succeeded" | "failed"): void;
}
