import { inspect } from "node:util";

/**
 * The data of a Kubernetes Secret, by key. It can be compared and asked for its keys; only who writes it may reveal it.
 * Printing, logging or serialising it shows `[redacted]`.
 */
export class SecretData {
  readonly #values: ReadonlyMap<string, Uint8Array>;

  /** Takes decoded values by key. */
  constructor(values: ReadonlyMap<string, Uint8Array>) {
    this.#values = values;
  }

  /** Takes the `data` member of a Secret as the API server sends it: base64 by key. */
  static fromBase64(data: Readonly<Record<string, string>> | undefined): SecretData {
    return new SecretData(
      new Map(Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text, "base64")])),
    );
  }

  /** The keys in alphabetical order. */
  get keys(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  /** Keys that are here and not in `other`. */
  keysBeyond(other: SecretData): readonly string[] {
    return this.keys.filter((key) => !other.#values.has(key));
  }

  /** Whether every key of `other` is here with the same value. */
  includes(other: SecretData): boolean {
    return [...other.#values].every(([key, value]) => {
      const own = this.#values.get(key);
      return own !== undefined && Buffer.compare(own, value) === 0;
    });
  }

  /** The values as base64 by key, as a Secret's `data` member takes them. Only the writer of the Secret calls this. */
  reveal(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#values].map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    );
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [inspect.custom](): string {
    return "[redacted]";
  }
}
