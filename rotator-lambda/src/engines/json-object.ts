import { isDeepStrictEqual } from "node:util";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";

// TC39: "JSON.parse source text access". Node 24 has it; TypeScript's library does not have it yet.
declare global {
  interface JSON {
    rawJSON(text: string): unknown;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
  }
}

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a secret that is a JSON object. @throws RotationError of kind `document` for any other value */
export function jsonObject(value: SecretValue<string>): Fields {
  const fields = parseJsonObject(value);
  if (fields !== undefined) return fields;
  throw new RotationError(
    "document",
    "The secret's value must be a JSON object in the format of AWS's rotation templates.",
  );
}

/** The fields of a secret that is a JSON object; undefined for any other value. */
export function parseJsonObject(value: SecretValue<string>): Fields | undefined {
  return asObject(() => JSON.parse(value.reveal()));
}

/**
 * The same object with some fields changed. Each field keeps its place, and unchanged numbers keep all their digits, even
 * those that a double cannot hold. @throws RotationError of kind `document` when the value is not an object
 */
export function withFields(
  value: SecretValue<string>,
  changed: Readonly<Record<string, string>>,
): SecretValue<string> {
  const asWritten = (_key: string, part: unknown, { source }: { source?: string }) =>
    typeof part === "number" && source !== undefined ? JSON.rawJSON(source) : part;
  const fields = asObject(() => JSON.parse(value.reveal(), asWritten)) ?? jsonObject(value);
  return new SecretValue(JSON.stringify({ ...fields, ...changed }));
}

/** The names of the fields that differ between the two objects, in the order of the first. */
export function differingFields(one: Fields, other: Fields): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

function asObject(parse: () => unknown): Fields | undefined {
  try {
    const parsed = parse();
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? { ...parsed }
      : undefined;
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}
