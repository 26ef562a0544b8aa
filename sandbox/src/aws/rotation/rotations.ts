import { randomUUID } from "node:crypto";
import type { RotationStep } from "@rotated-secrets/contract/rotation-event";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { delay } from "@rotated-secrets/kube-runtime/time/deadline";
import { AwsError } from "../aws-error.ts";
import type { Lambdas } from "../lambda/lambdas.ts";
import type { FunctionRotationOptions } from "../secrets-manager/function-rotation.ts";
import type { RotationOrder } from "../secrets-manager/operation.ts";
import type { RotationOutcome } from "../secrets-manager/rotation-course.ts";
import type { SecretsManager } from "../secrets-manager/secrets-manager.ts";

/** One rotation, from RotateSecret to its end. The test run of RotateImmediately=false does not count. */
export interface Rotation {
  readonly arn: string;
  /** Id of the new version. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  endedAt?: number;
  outcome?: RotationOutcome;
  /** How many times the function was started from its first step. */
  attempts: number;
}

export interface RotationOptions extends FunctionRotationOptions {
  /** Pause before each retry, ms. AWS does not document its own. @default 2000 */
  readonly retryDelayMs?: number;
}

export interface RotationParts {
  readonly service: SecretsManager;
  readonly lambdas: Lambdas;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/** Drives the rotations that RotateSecret has ordered: invokes their functions and waits before each retry. */
export class Rotations {
  readonly #parts: RotationParts;
  readonly #options: RotationOptions;
  readonly #rotations: Rotation[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(parts: RotationParts, options: RotationOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** All rotations since the start, oldest first. */
  get all(): readonly Rotation[] {
    return this.#rotations;
  }

  /** Starts a rotation that RotateSecret has ordered, and returns at once. */
  begin(order: RotationOrder): void {
    const running = this.#drive(order);
    const ended = running.catch((error: unknown) => {
      if (!this.#parts.stopping.aborted) console.error(`The rotation of ${order.arn} broke off:`, error);
    });
    this.#running.add(ended);
    void ended.then(() => this.#running.delete(ended));
  }

  /** Resolves when no rotation runs any more. The emulator aborts waits and functions before it calls this. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #drive(order: RotationOrder): Promise<void> {
    const { service, clock, stopping } = this.#parts;
    const { retryDelayMs = 2_000, ...options } = this.#options;
    const course = service.rotation(order, { ...options, newPassword: randomUUID });
    const rotation = this.#record(order);
    let action = course.next();
    for (; action.kind !== "over"; action = course.next()) {
      rotation.attempts = course.attempts;
      if (action.kind === "pause") await delay(clock, retryDelayMs, stopping);
      else course.stepEnded(await this.#step(action.functionArn, action.step, order));
    }
    rotation.attempts = course.attempts;
    rotation.outcome = action.outcome;
    rotation.endedAt = clock.now();
  }

  #record({ arn, token, kind }: RotationOrder): Rotation {
    const rotation: Rotation = { arn, token, startedAt: this.#parts.clock.now(), attempts: 0 };
    if (kind !== "test") this.#rotations.push(rotation);
    return rotation;
  }

  async #step(
    functionArn: string,
    step: RotationStep,
    { arn, token }: RotationOrder,
  ): Promise<"succeeded" | "failed"> {
    const event = { Step: step, SecretId: arn, ClientRequestToken: token, RotationToken: randomUUID() };
    this.#parts.stopping.throwIfAborted();
    try {
      const { functionError } = await this.#parts.lambdas.invoke(functionArn, JSON.stringify(event));
      return functionError === undefined ? "succeeded" : "failed";
    } catch (error) {
      // The function does not exist any more, or has too many invocations.
      if (error instanceof AwsError) return "failed";
      throw error;
    }
  }
}
