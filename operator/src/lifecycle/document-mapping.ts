import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { SecretData } from "../ports/secret-data.ts";

declare global {
  // ECMAScript: JSON.parse source text access (stage 4), in V8 since 11.4; TypeScript's library does not know it yet.
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/** What became of a value: the Secret's data, or why it is none. Problems name keys and sizes, never values. */
export type Mapped =
  | { readonly kind: "data"; readonly data: SecretData }
  | { readonly kind: "invalid"; readonly problem: string };

/** The key of a value that is no JSON object. */
const WHOLE_VALUE_KEY = "value";
/** Kubernetes: the data of a Secret may have 1 MiB. */
const MAX_BYTES = 1_048_576;
/** Kubernetes: the form of a key of a Secret. */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
/** Enough to find them; the message is shown in a condition. */
const MAX_NAMED_KEYS = 5;

/**
 * Makes a Secret's data of a secret's value. The members of a JSON object become keys: strings as they are, numbers and
 * booleans as their JSON text, objects and arrays as compact JSON, null not at all. Any other text, and bytes, are the
 * one key `value`.
 */
export function mapDocument(value: SecretValue): Mapped {
  const revealed = value.reveal();
  const entries =
    typeof revealed === "string" ? entriesOfText(revealed) : [[WHOLE_VALUE_KEY, revealed] as const];
  const wrong = entries.map(([key]) => key).filter((key) => !KEY.test(key) || key === "." || key === "..");
  if (wrong.length > 0) return invalid(wrongKeys(wrong));
  const bytes = entries.reduce((sum, [key, content]) => sum + key.length + content.byteLength, 0);
  if (bytes > MAX_BYTES)
    return invalid(`it would have ${bytes} bytes, and a Secret holds ${MAX_BYTES} at most`);
  return { kind: "data", data: new SecretData(new Map(entries)) };
}

function invalid(problem: string): Mapped {
  return { kind: "invalid", problem };
}

function wrongKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, MAX_NAMED_KEYS).map((key) => JSON.stringify(key.slice(0, 63)));
  const more = keys.length > shown.length ? ` and ${keys.length - shown.length} more` : "";
  return `the member names ${shown.join(", ")}${more} are no valid keys of a Secret (letters, digits, '-', '_' and '.', at most 253)`;
}

function entriesOfText(text: string): readonly (readonly [string, Uint8Array])[] {
  const members = membersOf(text);
  if (members === undefined) return [[WHOLE_VALUE_KEY, Buffer.from(text)]];
  return Object.entries(members).flatMap(([key, member]) =>
    member === null
      ? []
      : [[key, Buffer.from(typeof member === "string" ? member : JSON.stringify(member))] as const],
  );
}

/** The members of a JSON object; undefined for every other text. */
function membersOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text, keepNumbersAsWritten);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers beyond 2^53, and 1.0, keep the text that they were written with. */
function keepNumbersAsWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return JSON.rawJSON(context.source);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
