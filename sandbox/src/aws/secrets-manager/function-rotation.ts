import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import type { RotationAction, RotationCourse, RotationOutcome } from "./rotation-course.ts";
import { rotationFunction } from "./rotation-function.ts";
import { holderOf, removeLabel } from "./staging-labels.ts";
import type { SecretStore } from "./store.ts";

export interface FunctionRotationOptions {
  /** How many times the whole process is repeated after a failed step. AWS does not document its number. @default 3 */
  readonly retries?: number;
  /** Whether AWSPENDING stays on the version that has become current. AWS was seen to do both. @default "remove" */
  readonly pendingAfterFinish?: "remove" | "keep";
}

const STEPS = rotationStepSchema.options;

/** A rotation by a Lambda function. AWS: user guide, "Rotation by Lambda function": the whole process is repeated. */
export class FunctionRotation implements RotationCourse {
  attempts = 0;
  readonly #store: SecretStore;
  readonly #now: () => number;
  readonly #arn: string;
  readonly #token: string;
  readonly #options: Required<FunctionRotationOptions>;
  #state: "starting" | "running" | "failed" | RotationAction = "starting";
  #stepsDone = 0;

  constructor(
    store: SecretStore,
    now: () => number,
    { arn, token }: { readonly arn: string; readonly token: string },
    { retries = 3, pendingAfterFinish = "remove" }: FunctionRotationOptions,
  ) {
    this.#store = store;
    this.#now = now;
    this.#arn = arn;
    this.#token = token;
    this.#options = { retries, pendingAfterFinish };
  }

  next(): RotationAction {
    if (typeof this.#state === "object") return this.#state;
    if (this.#state === "failed") return this.#pause();
    if (this.#state === "starting") this.#start();
    const functionArn = this.#functionArn();
    if (functionArn === undefined) return this.#end("abandoned");
    const step = STEPS[this.#stepsDone];
    if (step !== undefined) return { kind: "step", functionArn, step };
    return this.#finish();
  }

  stepEnded(result: "succeeded" | "failed"): void {
    if (result === "succeeded") this.#stepsDone += 1;
    else if (this.#functionArn() === undefined) this.#end("abandoned");
    else this.#fail();
  }

  #start(): void {
    this.#state = "running";
    this.#stepsDone = 0;
    this.attempts += 1;
  }

  #pause(): RotationAction {
    this.#state = "starting";
    return { kind: "pause" };
  }

  #fail(): void {
    if (this.attempts > this.#options.retries) this.#end("failed");
    else this.#state = "failed";
  }

  #finish(): RotationAction {
    const secret = this.#store.get(this.#arn);
    // If finishSecret returns without having moved AWSCURRENT, the rotation is as incomplete as after a failed step.
    if (secret === undefined || holderOf(secret, AWSCURRENT)?.id !== this.#token) {
      this.#fail();
      return this.next();
    }
    const remove =
      this.#options.pendingAfterFinish === "remove" && holderOf(secret, AWSPENDING)?.id === this.#token;
    const now = this.#now();
    this.#store.replace(this.#arn, {
      ...(remove ? removeLabel(secret, AWSPENDING) : secret),
      lastRotatedAt: now,
      lastChangedAt: now,
    });
    return this.#end("succeeded");
  }

  #end(outcome: RotationOutcome): RotationAction {
    const over = { kind: "over", outcome } as const;
    this.#state = over;
    return over;
  }

  #functionArn(): string | undefined {
    return rotationFunction(this.#store.get(this.#arn), this.#token);
  }
}
