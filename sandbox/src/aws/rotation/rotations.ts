import { randomUUID } from "node:crypto";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { type RotationStep, rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { AwsError } from "../aws-error.ts";
import type { Clock } from "../clock.ts";
import type { Lambdas } from "../lambda/lambdas.ts";
import type { RotationOrder } from "../secrets-manager/operation.ts";
import type { Secret } from "../secrets-manager/secret.ts";
import { holderOf, removeLabel } from "../secrets-manager/staging-labels.ts";
import type { SecretStore } from "../secrets-manager/store.ts";
import { rotatedByOwner } from "./managed-rotation.ts";

export type RotationOutcome = "succeeded" | "failed" | "abandoned";

/** One rotation, from RotateSecret to its end. A test run by RotateImmediately=false is none. */
export interface Rotation {
  readonly arn: string;
  /** Id of the version that it makes. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  endedAt?: number;
  outcome?: RotationOutcome;
  /** How many times the Lambda was driven from createSecret on. */
  attempts: number;
}

export interface RotationOptions {
  /** Whole-process retries after a failed step. AWS does not document its number. @default 3 */
  readonly retries?: number;
  /** Milliseconds before each retry; AWS's are not documented. @default 2000 */
  readonly retryDelayMs?: number;
  /** What becomes of AWSPENDING once it is on AWSCURRENT's version: both are seen in AWS. @default "remove" */
  readonly pendingAfterFinish?: "remove" | "keep";
}

export interface RotationParts {
  readonly store: SecretStore;
  readonly lambdas: Lambdas;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/** Drives rotation functions through the steps, on the true state, after RotateSecret has answered. */
export class Rotations {
  readonly #parts: RotationParts;
  readonly #options: Required<RotationOptions>;
  readonly #rotations: Rotation[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(
    parts: RotationParts,
    { retries = 3, retryDelayMs = 2000, pendingAfterFinish = "remove" }: RotationOptions,
  ) {
    this.#parts = parts;
    this.#options = { retries, retryDelayMs, pendingAfterFinish };
  }

  /** All rotations since the start, in the order of their beginnings. */
  get all(): readonly Rotation[] {
    return this.#rotations;
  }

  /** Begins what RotateSecret has ordered, and returns at once. */
  begin({ arn, token, kind }: RotationOrder): void {
    const running = this.#run(kind, arn, token);
    const ended = running.catch((error: unknown) => {
      if (!this.#parts.stopping.aborted) console.error(`The rotation of ${arn} broke off:`, error);
    });
    this.#running.add(ended);
    void ended.then(() => this.#running.delete(ended));
  }

  /** Resolves when nothing runs any more; the emulator's stop aborts the waits and the functions before. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(kind: RotationOrder["kind"], arn: string, token: string): Promise<void> {
    if (kind === "test") return this.#test(arn, token);
    const rotation: Rotation = { arn, token, startedAt: this.#parts.clock.now(), attempts: 0 };
    this.#rotations.push(rotation);
    return kind === "managed" ? this.#rotateByOwner(rotation) : this.#rotate(rotation);
  }

  /** AWS: user guide, "Managed rotation": the owning service makes the value and knows no steps and no retries. */
  async #rotateByOwner(rotation: Rotation): Promise<void> {
    const { store, clock } = this.#parts;
    const secret = store.get(rotation.arn);
    const now = clock.now();
    const rotated = secret === undefined ? undefined : rotatedByOwner(secret, rotation.token, now);
    if (rotated !== undefined) store.apply({ kind: "put", secret: rotated });
    rotation.attempts = 1;
    rotation.outcome = rotated === undefined ? "abandoned" : "succeeded";
    rotation.endedAt = now;
  }

  async #rotate(rotation: Rotation): Promise<void> {
    const { clock, stopping } = this.#parts;
    const { arn, token } = rotation;
    let outcome: RotationOutcome;
    do {
      if (rotation.attempts > 0) await clock.sleep(this.#options.retryDelayMs, stopping);
      rotation.attempts += 1;
      outcome = await this.#attempt(arn, token);
    } while (outcome === "failed" && rotation.attempts <= this.#options.retries);
    rotation.outcome = outcome;
    rotation.endedAt = clock.now();
  }

  /** The four steps from the first. AWS: user guide, "Rotation by Lambda function": the whole process is retried. */
  async #attempt(arn: string, token: string): Promise<RotationOutcome> {
    for (const step of rotationStepSchema.options) {
      const lambdaArn = this.#lambdaOf(arn, token);
      if (lambdaArn === undefined) return "abandoned";
      if (await this.#stepFails(lambdaArn, step, arn, token)) {
        return this.#lambdaOf(arn, token) === undefined ? "abandoned" : "failed";
      }
    }
    return this.#finish(arn, token);
  }

  #finish(arn: string, token: string): RotationOutcome {
    const secret = this.#parts.store.get(arn);
    if (secret === undefined || this.#lambdaOf(arn, token) === undefined) return "abandoned";
    // A finishSecret that returns without having moved AWSCURRENT leaves the rotation as incomplete as a failed one.
    if (holderOf(secret, AWSCURRENT)?.id !== token) return "failed";
    const remove =
      this.#options.pendingAfterFinish === "remove" && holderOf(secret, AWSPENDING)?.id === token;
    const now = this.#parts.clock.now();
    const finished: Secret = {
      ...(remove ? removeLabel(secret, AWSPENDING) : secret),
      lastRotatedAt: now,
      lastChangedAt: now,
    };
    this.#parts.store.apply({ kind: "put", secret: finished });
    return "succeeded";
  }

  /** AWS: RotateSecret API reference, RotateImmediately: testSecret alone, on an AWSPENDING version that is then removed. */
  async #test(arn: string, token: string): Promise<void> {
    const lambdaArn = this.#lambdaOf(arn, token);
    if (lambdaArn !== undefined) await this.#stepFails(lambdaArn, "testSecret", arn, token);
    const secret = this.#parts.store.get(arn);
    const version = secret?.versions.find(({ id }) => id === token);
    if (secret === undefined || version === undefined || version.value !== undefined) return;
    const versions = secret.versions.filter(({ id }) => id !== token);
    this.#parts.store.apply({ kind: "put", secret: { ...secret, versions } });
  }

  /**
   * The function to call, as long as the rotation goes on: rotation is on, and the version has AWSPENDING or is
   * AWSCURRENT already. A value that somebody else puts to AWSCURRENT takes AWSPENDING away, CancelRotateSecret
   * switches rotation off: both abandon it.
   */
  #lambdaOf(arn: string, token: string): string | undefined {
    const secret = this.#parts.store.get(arn);
    if (secret?.rotation?.enabled !== true || secret.deletedAt !== undefined) return undefined;
    const goesOn = [AWSPENDING, AWSCURRENT].some((label) => holderOf(secret, label)?.id === token);
    return goesOn ? secret.rotation.lambdaArn : undefined;
  }

  async #stepFails(lambdaArn: string, step: RotationStep, arn: string, token: string): Promise<boolean> {
    const event = { Step: step, SecretId: arn, ClientRequestToken: token, RotationToken: randomUUID() };
    this.#parts.stopping.throwIfAborted();
    try {
      const { functionError } = await this.#parts.lambdas.invoke(lambdaArn, JSON.stringify(event));
      return functionError !== undefined;
    } catch (error) {
      // The function is gone, or has too many invocations at once.
      if (error instanceof AwsError) return true;
      throw error;
    }
  }
}
