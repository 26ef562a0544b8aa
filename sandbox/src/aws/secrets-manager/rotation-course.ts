import type { RotationStep } from "@rotated-secrets/contract/rotation-event";

/** The end of a rotation. Abandoned: its version has lost AWSPENDING, or rotation was switched off. */
export type RotationOutcome = "succeeded" | "failed" | "abandoned";

/** What happens next in a rotation. */
export type RotationAction =
  /** The function has to run a step; `stepEnded` takes its result. */
  | { readonly kind: "step"; readonly functionArn: string; readonly step: RotationStep }
  /** Secrets Manager waits before it tries the whole rotation again. */
  | { readonly kind: "pause" }
  | { readonly kind: "over"; readonly outcome: RotationOutcome };

/**
 * The part of a rotation that Secrets Manager does, without the function and without waits. The caller asks for the next
 * action, carries it out, and asks again until the rotation is over.
 */
export interface RotationCourse {
  /** How many times the function was driven from its first step on. */
  readonly attempts: number;
  /** Goes by the state of the secret at the moment of the call. */
  next(): RotationAction;
  /** The result of the step that `next` has asked for. */
  stepEnded(result: "succeeded" | "failed"): void;
}
