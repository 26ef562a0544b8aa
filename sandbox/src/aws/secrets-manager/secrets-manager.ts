import { createHash } from "node:crypto";
import { AwsError } from "../aws-error.ts";
import type { Clock } from "../clock.ts";
import { findSecret } from "./find-secret.ts";
import type { Context, RotationOrder } from "./operation.ts";
import { operations } from "./operations.ts";
import { type PlacedSecret, placedSecret } from "./placed-secret.ts";
import type { Secret } from "./secret.ts";
import type { SecretStore } from "./store.ts";

export interface SecretsManagerOptions {
  readonly store: SecretStore;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly seed: number;
  readonly mayInvoke: (lambdaArn: string) => boolean;
  /** Takes over once RotateSecret has changed the store. */
  readonly rotate: (order: RotationOrder) => void;
}

/** The service: runs operations one at a time against the store and does what they ask for. */
export class SecretsManager {
  readonly #options: SecretsManagerOptions;
  #made = 0;

  constructor(options: SecretsManagerOptions) {
    this.#options = options;
  }

  /** @throws AwsError */
  call(name: string, request: unknown, refusalFor: Context["refusalFor"]): Readonly<Record<string, unknown>> {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError("UnknownOperationException", `There is no operation ${name}.`);
    const { store, rotate } = this.#options;
    const outcome = operation.run(store.seenBy(operation.sees), request, this.#context(refusalFor));
    if (outcome.change !== undefined) store.apply(outcome.change);
    if (outcome.rotation !== undefined) rotate(outcome.rotation);
    return outcome.answer;
  }

  /** Where its secrets are. */
  get location(): { readonly region: string; readonly accountId: string } {
    const { region, accountId } = this.#options;
    return { region, accountId };
  }

  /** The secret that a name or ARN means, in truth. */
  find(id: string): Secret | undefined {
    return findSecret(this.#options.store.seenBy("truth"), id);
  }

  /** Puts a secret in place that no caller of this API has made. Returns its ARN. */
  place(placed: PlacedSecret): string {
    const secret = placedSecret(
      placed,
      this.#context(() => undefined),
    );
    this.#options.store.apply({ kind: "put", secret });
    return secret.arn;
  }

  #context(refusalFor: Context["refusalFor"]): Context {
    const { clock, region, accountId, mayInvoke } = this.#options;
    return { now: clock.now(), region, accountId, mayInvoke, refusalFor, arnSuffix: () => this.#arnSuffix() };
  }

  #arnSuffix(): string {
    this.#made += 1;
    const hash = createHash("sha256").update(`${this.#options.seed}|${this.#made}`).digest("base64");
    return hash.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 6);
  }
}
