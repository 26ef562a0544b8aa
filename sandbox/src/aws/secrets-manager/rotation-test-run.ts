import type { RotationAction, RotationCourse } from "./rotation-course.ts";
import { rotationFunction } from "./rotation-function.ts";
import type { SecretStore } from "./store.ts";

/**
 * The test run that RotateSecret orders by RotateImmediately=false. AWS: RotateSecret API reference: testSecret alone,
 * on an AWSPENDING version that is removed afterwards. AWS does not show its result.
 */
export class RotationTestRun implements RotationCourse {
  attempts = 0;
  readonly #store: SecretStore;
  readonly #arn: string;
  readonly #token: string;

  constructor(store: SecretStore, { arn, token }: { readonly arn: string; readonly token: string }) {
    this.#store = store;
    this.#arn = arn;
    this.#token = token;
  }

  next(): RotationAction {
    const functionArn = rotationFunction(this.#store.get(this.#arn), this.#token);
    if (this.attempts === 0 && functionArn !== undefined) {
      this.attempts = 1;
      return { kind: "step", functionArn, step: "testSecret" };
    }
    this.#removeVersion();
    return { kind: "over", outcome: "succeeded" };
  }

  stepEnded(): void {}

  #removeVersion(): void {
    const secret = this.#store.get(this.#arn);
    const version = secret?.versions.find(({ id }) => id === this.#token);
    if (secret === undefined || version === undefined || version.value !== undefined) return;
    const versions = secret.versions.filter(({ id }) => id !== this.#token);
    this.#store.replace(this.#arn, { ...secret, versions });
  }
}
