import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { putVersion } from "./put-version.ts";
import type { RotationAction, RotationCourse } from "./rotation-course.ts";
import type { Secret } from "./secret.ts";
import { holderOf, moveLabel, removeLabel } from "./staging-labels.ts";
import type { SecretStore } from "./store.ts";

const document = z.looseObject({ password: z.string() });

/**
 * A rotation by the service that owns the secret. It writes a new password, without a function, steps or retries.
 * AWS: user guide, "Managed rotation"; the states in between are not documented.
 */
export class OwnerRotation implements RotationCourse {
  attempts = 0;
  readonly #store: SecretStore;
  readonly #arn: string;
  readonly #token: string;
  readonly #now: () => number;
  readonly #newPassword: () => string;

  constructor(
    store: SecretStore,
    now: () => number,
    { arn, token }: { readonly arn: string; readonly token: string },
    newPassword: () => string,
  ) {
    this.#store = store;
    this.#now = now;
    this.#arn = arn;
    this.#token = token;
    this.#newPassword = newPassword;
  }

  /** @throws Error if the current value is not a JSON object with a password */
  next(): RotationAction {
    this.attempts = 1;
    const secret = this.#store.get(this.#arn);
    const rotated = secret && this.#rotated(secret);
    if (rotated === undefined) return { kind: "over", outcome: "abandoned" };
    this.#store.replace(this.#arn, rotated);
    return { kind: "over", outcome: "succeeded" };
  }

  stepEnded(): void {}

  /** Undefined if the version has lost AWSPENDING. */
  #rotated(secret: Secret): Secret | undefined {
    const [id, now] = [this.#token, this.#now()];
    const current = holderOf(secret, AWSCURRENT)?.value;
    if (current?.kind !== "string" || holderOf(secret, AWSPENDING)?.id !== id) return undefined;
    const text = JSON.stringify({
      ...document.parse(JSON.parse(current.text)),
      password: this.#newPassword(),
    });
    const filled = putVersion(secret, { id, value: { kind: "string", text }, stages: [AWSPENDING], now });
    const finished = removeLabel(moveLabel(filled, AWSCURRENT, id), AWSPENDING);
    return { ...finished, lastRotatedAt: now, lastChangedAt: now };
  }
}
