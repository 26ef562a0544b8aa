import type { FilterName } from "../api/template-text.ts";
import { bytesOf, type FieldText, textOfField } from "./field-text.ts";
import { objectOf } from "./secret-document.ts";

/** The output of a filter, or a problem. The problem does not contain the input. */
export type Filtered = FieldText | { readonly kind: "problem"; readonly problem: string };

/**
 * The input that each filter takes, for messages. There is one text for each filter: a message that named the fault would tell people
 * something about a value that they may not read.
 */
export const TAKES: Readonly<Record<FilterName, string>> = {
  base64: "text without half surrogate pairs, and bytes",
  base64decode: "base64 text (RFC 4648, with padding)",
  base64url: "text without half surrogate pairs, and bytes",
  dotenv: "a JSON object whose field names are names of environment variables, without NUL characters",
  json: "UTF-8 text",
  pgpass: "UTF-8 text without line breaks and NUL characters",
  shell: "UTF-8 text without NUL characters",
  trim: "UTF-8 text",
  url: "UTF-8 text",
};

/**
 * The filters; undefined for an input that a filter does not take. The time of each is proportional to its input, and its output is at
 * most nine times as long.
 */
export const FILTER: Readonly<Record<FilterName, (input: FieldText) => FieldText | undefined>> = {
  base64: (input) => encoded(input, "base64"),
  base64decode: (input) => onText(input, decoded),
  // RFC 4648, section 5, without padding, as in JSON Web Tokens.
  base64url: (input) => encoded(input, "base64url"),
  dotenv: (input) => onText(input, dotenv),
  json: (input) =>
    input.kind === "json" ? { kind: "json", text: escaped(input.text) } : onText(input, quoted),
  // libpq: "If an entry needs to contain : or \\, escape this character with \\." libpq reads line by line.
  pgpass: (input) =>
    onText(input, (value) => (/[\r\n\0]/.test(value) ? undefined : text(value.replace(/[\\:]/g, "\\$&")))),
  shell: (input) => onText(input, (value) => (value.includes("\0") ? undefined : text(shellWord(value)))),
  trim: (input) => onText(input, (value) => text(value.trim())),
  // RFC 3986: escapes all except unreserved characters, so the result fits into user information, path, query and fragment.
  url: (input) =>
    onText(input, (value) =>
      text(
        encodeURIComponent(value).replace(
          /[!'()*]/g,
          (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
        ),
      ),
    ),
};

function onText(input: FieldText, filter: (value: string) => FieldText | undefined): FieldText | undefined {
  const value = input.kind === "bytes" ? utf8(input.bytes) : input.text;
  return value?.isWellFormed() ? filter(value) : undefined;
}

/** The bytes as text; undefined if they are not UTF-8, which does not survive a round trip. */
function utf8(bytes: Uint8Array): string | undefined {
  const value = Buffer.from(bytes).toString("utf8");
  return Buffer.from(value, "utf8").equals(bytes) ? value : undefined;
}

function encoded(input: FieldText, encoding: "base64" | "base64url"): FieldText | undefined {
  const bytes = bytesOf(input);
  return bytes === undefined ? undefined : text(Buffer.from(bytes).toString(encoding));
}

/** Decodes base64, RFC 4648, section 4. Ignores line breaks and blanks, as in PEM and YAML. */
function decoded(value: string): FieldText | undefined {
  const digits = value.replace(/[ \t\r\n]/g, "");
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
    ? { kind: "bytes", bytes: Buffer.from(digits, "base64") }
    : undefined;
}

/** A line for each field that is not null. */
function dotenv(value: string): FieldText | undefined {
  const fields = Object.entries(objectOf(value) ?? { "": "" }).filter(([, field]) => field !== null);
  const lines = fields.map(([name, field]) => dotenvLine(name, textOfField(field)));
  return lines.includes(undefined) ? undefined : text(lines.join("\n"));
}

/**
 * Shells and the dotenv libraries read a value in single quotes as it is. They agree on double quotes only if there is nothing to
 * expand or to escape. Any other value is written for shells.
 */
function dotenvLine(name: string, field: FieldText): string | undefined {
  if (field.kind === "bytes" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return undefined;
  const { text: value } = field;
  if (value.includes("\0") || !value.isWellFormed()) return undefined;
  const isPlain = value.includes("'") && !/["$`\\\r\n]/.test(value);
  return `${name}=${isPlain ? `"${value}"` : shellWord(value)}`;
}

/** POSIX: all characters within single quotes are literal, and a single quote cannot be among them. */
function shellWord(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function quoted(value: string): FieldText {
  return { kind: "json", text: escaped(JSON.stringify(value)) };
}

/** Escapes characters that JSON allows, but YAML, TOML or JavaScript refuse or read as line breaks. They occur only in strings. */
function escaped(json: string): string {
  return json.replace(
    /[\u007F-\u009F\u2028\u2029\uFEFF]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function text(value: string): FieldText {
  return { kind: "text", text: value };
}
