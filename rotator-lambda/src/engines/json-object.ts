import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";

// TC39: "JSON.parse source text access". Node 24 has it, TypeScript's library not yet.
declare global {
  interface JSON {
    rawJSON(text: string): unknown;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
  }
}

/** Members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** The members of a secret that is a JSON object. @throws RotationError of kind `document` when it is something else */
export function jsonObject(value: SecretValue<string>): Members {
  const members = parseJsonObject(value);
  if (members !== undefined) return members;
  throw new RotationError(
    "document",
    "The secret's value has to be a JSON object, as AWS's rotation templates store it.",
  );
}

/** The members of a secret that is a JSON object; undefined for any other value. */
export function parseJsonObject(value: SecretValue<string>): Members | undefined {
  return asObject(() => JSON.parse(value.reveal()));
}

/**
 * The same object with some members changed, each in its place, and every other as it is written: numbers keep digits
 * that no double holds. @throws RotationError of kind `document` when the value is no object
 */
export function withMembers(
  value: SecretValue<string>,
  changed: Readonly<Record<string, string>>,
): SecretValue<string> {
  const asWritten = (_key: string, part: unknown, { source }: { source?: string }) =>
    typeof part === "number" && source !== undefined ? JSON.rawJSON(source) : part;
  const members = asObject(() => JSON.parse(value.reveal(), asWritten)) ?? jsonObject(value);
  return new SecretValue(JSON.stringify({ ...members, ...changed }));
}

function asObject(parse: () => unknown): Members | undefined {
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
