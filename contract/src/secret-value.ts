import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A value that must not leak: whatever prints, serialises or inspects it gets `[redacted]`.
 * Only who makes a Secret's data of it, measures it, or changes a credential calls `reveal`.
 */
export class SecretValue<T extends string | Uint8Array = string | Uint8Array> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Keep it in a local variable, as short a time as can be. */
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
