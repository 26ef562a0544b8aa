import type { FilterName } from "../api/template-text.ts";
import { bytesOf, type FieldText, HALF_A_PAIR } from "./field-text.ts";

/** The output of a filter, or its problem with the input. The problem does not contain the input. */
export type Filtered = FieldText | { readonly kind: "problem"; readonly problem: string };

/** The filters. The time of each is proportional to its input, and its output is at most nine times as long. */
export const FILTER: Readonly<Record<FilterName, (input: FieldText) => Filtered>> = {
  base64: (input) => {
    const bytes = bytesOf(input);
    return bytes === undefined
      ? problem(`it has ${HALF_A_PAIR}`)
      : text(Buffer.from(bytes).toString("base64"));
  },
  base64decode: (input) => onText(input, decoded),
  json: (input) =>
    input.kind === "json" ? { kind: "json", text: escaped(input.text) } : onText(input, quoted),
  // libpq: "If an entry needs to contain : or \, escape this character with \." libpq reads line by line.
  pgpass: (input) =>
    onText(input, (value) =>
      /[\r\n\0]/.test(value)
        ? problem("it has a line break or a NUL character, which a password file cannot hold")
        : text(value.replace(/[\\:]/g, "\\$&")),
    ),
  // POSIX: all characters within single quotes are literal, and a single quote cannot be among them.
  shell: (input) =>
    onText(input, (value) =>
      value.includes("\0")
        ? problem("it has a NUL character, which a shell word cannot hold")
        : text(`'${value.replaceAll("'", "'\\''")}'`),
    ),
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

function onText(input: FieldText, filter: (value: string) => Filtered): Filtered {
  const value = input.kind === "bytes" ? utf8(input.bytes) : input.text;
  if (value === undefined) return problem("it is not UTF-8 text");
  return value.isWellFormed() ? filter(value) : problem(`it has ${HALF_A_PAIR}`);
}

/** The bytes as text; undefined if they are not UTF-8, which does not survive a round trip. */
function utf8(bytes: Uint8Array): string | undefined {
  const value = Buffer.from(bytes).toString("utf8");
  return Buffer.from(value, "utf8").equals(bytes) ? value : undefined;
}

/** Decodes base64, RFC 4648, section 4. Ignores line breaks and blanks, as in PEM and YAML. */
function decoded(value: string): Filtered {
  const digits = value.replace(/[ \t\r\n]/g, "");
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
    ? { kind: "bytes", bytes: Buffer.from(digits, "base64") }
    : problem("it is not base64 (RFC 4648, with padding)");
}

function quoted(value: string): Filtered {
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

function problem(why: string): Filtered {
  return { kind: "problem", problem: why };
}
