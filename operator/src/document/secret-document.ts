import type { SecretValue } from "@rotated-secrets/contract/secret-value";

declare global {
  // ECMAScript: JSON.parse source text access (stage 4), in V8 since 11.4; TypeScript's library does not know it yet.
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/**
 * The deepest nesting of a document. Deeper ones are for no reader, and V8 walks through what it has parsed by recursion,
 * which would end by the size of the stack instead.
 */
export const MAX_DEPTH = 100;

/** The one field of a value that is no JSON object. */
const WHOLE_VALUE = "value";
/** What some editors of Windows put before a text. */
const BYTE_ORDER_MARK = "\uFEFF";

/** A secret's value, taken apart. */
export interface SecretDocument {
  /** As it is stored. */
  readonly whole: string | Uint8Array;
  /**
   * The fields of a JSON object, without those that are null; else `value` alone, with the whole. Of fields with one name the last counts, as
   * for AWS's templates. Numbers are raw JSON, with the text that they were written with.
   */
  readonly fields: ReadonlyMap<string, unknown>;
}

/** A document, or why it is none; problems never hold a value. */
export type DocumentReading =
  | { readonly kind: "document"; readonly document: SecretDocument }
  | { readonly kind: "invalid"; readonly problem: string };

/** Takes a secret's value apart. */
export function readDocument(value: SecretValue): DocumentReading {
  const whole = value.reveal();
  if (typeof whole !== "string" || !isObject(parsed(withoutMark(whole)))) {
    return { kind: "document", document: { whole, fields: new Map([[WHOLE_VALUE, whole]]) } };
  }
  if (whole.startsWith(BYTE_ORDER_MARK))
    return invalid(
      "a byte order mark stands before its JSON, which readers of JSON refuse: store it without",
    );
  if (depthOf(whole) > MAX_DEPTH) return invalid(`its JSON is nested deeper than ${MAX_DEPTH} levels`);
  const fields: unknown = JSON.parse(whole, keepNumbersAsWritten);
  const present = Object.entries(isObject(fields) ? fields : {}).filter(([, field]) => field !== null);
  return { kind: "document", document: { whole, fields: new Map(present) } };
}

/** The field at a path of names and indices; undefined where there is none, or null. */
export function fieldAt({ fields }: SecretDocument, path: readonly string[]): unknown {
  const [first = "", ...rest] = path;
  let at = fields.get(first);
  for (const name of rest) at = childOf(at, name);
  return at ?? undefined;
}

function childOf(parent: unknown, name: string): unknown {
  const isIndex = /^(0|[1-9][0-9]{0,8})$/.test(name);
  if (Array.isArray(parent)) return isIndex ? parent[Number(name)] : undefined;
  // Names are anybody's: `constructor` must not be found on Object's prototype.
  return isObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined;
}

function invalid(problem: string): DocumentReading {
  return { kind: "invalid", problem };
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}

/** What the text is as JSON; undefined for other text. Takes any depth. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deep objects and arrays lie in each other, in a text that is JSON. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (token === "{" || token === "[") deepest = Math.max(deepest, ++depth);
    else if (token === "}" || token === "]") depth--;
  }
  return deepest;
}

/** Numbers beyond 2^53 or 1e308, 1.0 and -0 keep the text that they were written with. */
function keepNumbersAsWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return JSON.rawJSON(context.source);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
