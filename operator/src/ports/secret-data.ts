import { inspect } from "node:util";

/**
 * The data of a Secret, by key. Its keys can be read and its values compared; only the code that writes the Secret reveals
 * them. Printing, logging or serialising it shows `[redacted]`.
 */
export class SecretData {
  readonly #values: ReadonlyMap<string, Uint8Array>;

  /** Takes decoded values by key. */
  constructor(values: ReadonlyMap<string, Uint8Array>) {
    this.#values = values;
  }

  /** Takes the field `data` of a Secret as the API server sends it: base64 by key. */
  static fromBase64(data: Readonly<Record<string, string>> | undefined): SecretData {
    return new SecretData(
      new Map(Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text, "base64")])),
    );
  }

  /** The keys in alphabetical order. */
  get keys(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  /** The keys that `other` does not have. */
  keysBeyond(other: SecretData): readonly string[] {
    return this.keys.filter((key) => !other.#values.has(key));
  }

  /** Whether this data has every key of `other`, with the same value. */
  includes(other: SecretData): boolean {
    return [...other.#values].every(([key, value]) => {
      const own = this.#values.get(key);
      return own !== undefined && Buffer.compare(own, value) === 0;
    });
  }

  /** The values in base64 by key, for the field `data` of a Secret. Only the code that writes the Secret calls this. */
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
