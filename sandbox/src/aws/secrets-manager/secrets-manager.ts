import { createHash } from "node:crypto";
import { AwsError } from "../aws-error.ts";
import { AgedView } from "./aged-view.ts";
import { type ExistingSecret, existingSecret } from "./existing-secret.ts";
import { findSecret } from "./find-secret.ts";
import { FunctionRotation, type FunctionRotationOptions } from "./function-rotation.ts";
import { NOT_EMULATED, notEmulated } from "./not-emulated.ts";
import type { Context, Outcome, Place, RotationOrder } from "./operation.ts";
import { operations } from "./operations.ts";
import { OwnerRotation } from "./owner-rotation.ts";
import { type PlacedSecret, placedSecret } from "./placed-secret.ts";
import type { RotationCourse } from "./rotation-course.ts";
import { RotationTestRun } from "./rotation-test-run.ts";
import type { Secret } from "./secret.ts";
import type { SecretsView } from "./secrets-view.ts";
import { type LabelMove, SecretStore } from "./store.ts";

/** The inputs of the service from outside. */
export interface SecretsManagerOptions {
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
  /** A whole number from 0 to below `limit`, for passwords. */
  readonly randomInt: (limit: number) => number;
  /** @default "eu-west-1" */
  readonly region?: string;
  /** @default "111122223333" */
  readonly accountId?: string;
  /** Seed of the ends of new ARNs. @default 1 */
  readonly seed?: number;
  /** The view for reads. @default the truth */
  readonly reads?: SecretsView;
  /** The view for lists. @default the truth */
  readonly lists?: SecretsView;
  /** Whether Secrets Manager may invoke this Lambda function. @default any */
  readonly mayInvoke?: (lambdaArn: string) => boolean;
}

/**
 * AWS Secrets Manager as state and operations, without I/O, timers or randomness. Conformance tests compare its answers
 * with answers recorded from AWS. The emulator serves it over HTTP. Tests and simulations call it directly.
 */
export class SecretsManager {
  readonly place: Place;
  readonly #options: SecretsManagerOptions;
  readonly #store: SecretStore;
  #made = 0;

  constructor(options: SecretsManagerOptions) {
    const { region = "eu-west-1", accountId = "111122223333", now } = options;
    const { reads = new AgedView(() => 0), lists = new AgedView(() => 0) } = options;
    this.place = { region, accountId };
    this.#options = options;
    this.#store = new SecretStore({ now, reads, lists });
  }

  /** All moves of staging labels since the start. */
  get labelMoves(): readonly LabelMove[] {
    return this.#store.labelMoves;
  }

  /**
   * Runs one operation. If the outcome has a rotation order, the caller must drive it by `rotation`.
   * @param refusalFor the error that the caller gets for one secret of a batch. @default none
   * @throws AwsError
   */
  call(
    name: string,
    request: unknown,
    refusalFor: Context["refusalFor"] = () => undefined,
  ): Pick<Outcome, "answer" | "rotation"> {
    const operation = operations.get(name);
    if (operation === undefined) throw missingOperation(name);
    const secrets = this.#store.seenBy(operation.sees);
    const outcome = operation.run(secrets, request, this.#context(refusalFor));
    if (outcome.change !== undefined) this.#store.apply(outcome.change);
    return outcome;
  }

  /**
   * Secrets Manager's part of a rotation that an outcome has ordered. @param newPassword for secrets of other services
   */
  rotation(
    order: RotationOrder,
    options: FunctionRotationOptions & { readonly newPassword: () => string },
  ): RotationCourse {
    const { now } = this.#options;
    switch (order.kind) {
      case "rotate":
        return new FunctionRotation(this.#store, now, order, options);
      case "test":
        return new RotationTestRun(this.#store, order);
      case "managed":
        return new OwnerRotation(this.#store, now, order, options.newPassword);
    }
  }

  /** The true state of the secret with this name or ARN. */
  find(id: string): Secret | undefined {
    return findSecret(this.#store.seenBy("truth"), id);
  }

  /** The state of a secret that reads see now. */
  seen(arn: string): Secret | undefined {
    return this.#store.seenBy("reads").get(arn);
  }

  /** Puts a secret in place that no call of this API can make. Returns its ARN. */
  placeForeign(placed: PlacedSecret): string {
    const secret = placedSecret(
      placed,
      this.#context(() => undefined),
    );
    this.#store.replace(secret.arn, secret);
    return secret.arn;
  }

  /** Puts a secret in place that has existed since its `createdAt`. Returns its ARN. */
  placeExisting(existing: ExistingSecret): string {
    const secret = existingSecret(existing, this.place);
    this.#store.replace(secret.arn, secret, existing.createdAt);
    return secret.arn;
  }

  /** Removes a secret at once. */
  remove(arn: string): void {
    this.#store.replace(arn, undefined);
  }

  #context(refusalFor: Context["refusalFor"]): Context {
    const { now, randomInt, mayInvoke = () => true } = this.#options;
    const arnSuffix = () => this.#arnSuffix();
    return { ...this.place, now: now(), randomInt, mayInvoke, refusalFor, arnSuffix };
  }

  #arnSuffix(): string {
    this.#made += 1;
    const hash = createHash("sha256")
      .update(`${this.#options.seed ?? 1}|${this.#made}`)
      .digest("base64");
    return hash.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 6);
  }
}

function missingOperation(name: string): AwsError {
  if (NOT_EMULATED.has(name)) return notEmulated(`the operation ${name}`);
  return new AwsError("UnknownOperationException", `There is no operation ${name}.`);
}
