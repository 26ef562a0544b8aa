import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { DocumentForm } from "../ports/document-form.ts";

declare global {
  // ECMAScript: JSON.parse source text access (stage 4), in V8 since 11.4. TypeScript's library does not have it yet.
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/**
 * The deepest nesting of a document. A deeper one has no use, and V8's recursion over the parsed document would overflow the
 * stack.
 */
export const MAX_DEPTH = 100;

/** The only field of a value that is not a JSON object. */
const WHOLE_VALUE = "value";
/** Some Windows editors put it before a text. */
const BYTE_ORDER_MARK = "\uFEFF";

/** A parsed secret value. */
export interface SecretDocument {
  readonly form: DocumentForm;
  /** The value as stored. */
  readonly whole: string | Uint8Array;
  /**
   * The fields of a JSON object, without null fields. For any other value, only the field `value` with the complete value.
   * The last of several fields with the same name counts, as in AWS's templates. Numbers are raw JSON and keep their text.
   */
  readonly fields: ReadonlyMap<string, unknown>;
}

/** A document, or the problem. Problems hold no value. */
export type DocumentReading =
  | { readonly kind: "document"; readonly document: SecretDocument }
  | { readonly kind: "invalid"; readonly problem: string };

/** Parses a secret's value. */
export function readDocument(value: SecretValue): DocumentReading {
  const whole = value.reveal();
  if (typeof whole !== "string" || !isObject(parsed(withoutMark(whole)))) {
    const form = typeof whole === "string" ? "text" : "bytes";
    return { kind: "document", document: { form, whole, fields: new Map([[WHOLE_VALUE, whole]]) } };
  }
  if (whole.startsWith(BYTE_ORDER_MARK))
    return invalid(
      "its JSON begins with a byte order mark, which JSON parsers refuse: store it without the mark",
    );
  if (depthOf(whole) > MAX_DEPTH) return invalid(`its JSON is nested deeper than ${MAX_DEPTH} levels`);
  const fields: unknown = JSON.parse(whole, keepNumbersAsWritten);
  const present = Object.entries(isObject(fields) ? fields : {}).filter(([, field]) => field !== null);
  return { kind: "document", document: { form: "object", whole, fields: new Map(present) } };
}

/**
 * The field at a path of names and indices; undefined if it is missing or null. A text that is JSON is looked into, as consoles
 * store nested objects. `parsed` has the characters of JSON texts that were parsed on the way.
 */
export function fieldAt(
  { fields }: SecretDocument,
  path: readonly string[],
): { readonly field: unknown; readonly parsed: number } {
  const [first = "", ...rest] = path;
  let at = fields.get(first);
  let length = 0;
  for (const name of rest) {
    if (typeof at === "string") length += at.length;
    at = childOf(typeof at === "string" ? parsedText(at) : at, name);
  }
  return { field: at ?? undefined, parsed: length };
}

/** The fields of a JSON text that is an object; undefined for any other text. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parsedText(text);
  return isObject(value) ? value : undefined;
}

/** A JSON text, parsed with numbers as written; undefined for other text, and for JSON that is nested too deeply. */
function parsedText(text: string): unknown {
  return parsed(text) === undefined || depthOf(text) > MAX_DEPTH
    ? undefined
    : JSON.parse(text, keepNumbersAsWritten);
}

function childOf(parent: unknown, name: string): unknown {
  const isIndex = /^(0|[1-9][0-9]{0,8})$/.test(name);
  if (Array.isArray(parent)) return isIndex ? parent[Number(name)] : undefined;
  // A field may have any name. `constructor` must not be found on Object's prototype.
  return isObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined;
}

function invalid(problem: string): DocumentReading {
  return { kind: "invalid", problem };
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}

/** The parsed JSON; undefined for other text. Accepts any depth. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The depth of nested objects and arrays in a JSON text. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (token === "{" || token === "[") deepest = Math.max(deepest, ++depth);
    else if (token === "}" || token === "]") depth--;
  }
  return deepest;
}

/** Keeps the text of numbers, such as those beyond 2^53 or 1e308, 1.0 and -0. */
function keepNumbersAsWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return JSON.rawJSON(context.source);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
