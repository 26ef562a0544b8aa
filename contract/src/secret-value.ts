import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A value that must not leak. Printing, serialising or inspecting it gives `[redacted]`. Call `reveal` only to write a
 * Secret's data, to measure the value, or to change a credential.
 */
export class SecretValue<T extends string | Uint8Array = string | Uint8Array> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Keep it in a local variable, as briefly as possible. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
