import type { FilterName } from "../api/template-text.ts";
import { bytesOf, type FieldText, HALF_A_PAIR } from "./field-text.ts";

/** What a filter gives, or why it cannot: the problem speaks of the input and never shows it. */
export type Filtered = FieldText | { readonly kind: "problem"; readonly problem: string };

/** What the filters do. Each takes time in proportion to its input, and makes it at most nine times as long. */
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
  // libpq: "If an entry needs to contain : or \, escape this character with \." It reads line by line.
  pgpass: (input) =>
    onText(input, (value) =>
      /[\r\n\0]/.test(value)
        ? problem("it has a line break or a NUL character, which a password file cannot hold")
        : text(value.replace(/[\\:]/g, "\\$&")),
    ),
  // POSIX: within single quotes everything stands for itself, and no single quote can stand.
  shell: (input) =>
    onText(input, (value) =>
      value.includes("\0")
        ? problem("it has a NUL character, which no word of a shell can hold")
        : text(`'${value.replaceAll("'", "'\\''")}'`),
    ),
  trim: (input) => onText(input, (value) => text(value.trim())),
  // RFC 3986: all but the unreserved characters, so that it is right in user information, path, query and fragment.
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
  if (value === undefined) return problem("it is no UTF-8 text");
  return value.isWellFormed() ? filter(value) : problem(`it has ${HALF_A_PAIR}`);
}

/** What is not UTF-8 does not survive the way there and back. */
function utf8(bytes: Uint8Array): string | undefined {
  const value = Buffer.from(bytes).toString("utf8");
  return Buffer.from(value, "utf8").equals(bytes) ? value : undefined;
}

/** RFC 4648, section 4; line breaks and blanks are left out, as in PEM and in YAML. */
function decoded(value: string): Filtered {
  const digits = value.replace(/[ \t\r\n]/g, "");
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
    ? { kind: "bytes", bytes: Buffer.from(digits, "base64") }
    : problem("it is no base64 (RFC 4648, with its padding)");
}

function quoted(value: string): Filtered {
  return { kind: "json", text: escaped(JSON.stringify(value)) };
}

/** JSON lets these stand as they are; YAML, TOML and JavaScript do not, or take them for line breaks. Outside of strings there are none. */
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
