import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";

/** The members of a secret that is a JSON object. @throws RotationError of kind `document` when it is something else */
export function jsonObject(value: SecretValue<string>): Readonly<Record<string, unknown>> {
  const parsed = parse(value.reveal());
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new RotationError(
    "document",
    "The secret's value has to be a JSON object, as AWS's rotation templates store it.",
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}
