import { execFileSync } from "node:child_process";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILTERS, type FilterName } from "../api/template-text.ts";
import { bytesOf, type FieldText, sizeOf } from "./field-text.ts";
import { FILTER, TAKES } from "./template-filters.ts";
import { oddText } from "./testing/odd-text.ts";

const text = (value: string): FieldText => ({ kind: "text", text: value });
const json = (value: string): FieldText => ({ kind: "json", text: value });
const bytes = (...values: number[]): FieldText => ({ kind: "bytes", bytes: Uint8Array.from(values) });

function shown(name: FilterName, input: FieldText): string {
  const result = FILTER[name](input);
  return result === undefined ? TAKES[name] : Buffer.from(bytesOf(result) ?? []).toString("latin1");
}

describe("filters", () => {
  it.each<[FilterName, string, FieldText, string]>([
    [
      "url",
      "escapes reserved characters",
      text("a-_.~Z9/@:?#[]!$&'()*+,;= %"),
      "a-_.~Z9%2F%40%3A%3F%23%5B%5D%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%25",
    ],
    ["url", "escapes UTF-8 byte by byte", text("ä☃"), "%C3%A4%E2%98%83"],
    ["url", "takes numbers", json("5432"), "5432"],
    ["json", "quotes a text", text('a"b\\c\n'), '"a\\"b\\\\c\\n"'],
    ["json", "leaves a number as written", json("1.50"), "1.50"],
    ["json", "leaves an object", json('{"a":1}'), '{"a":1}'],
    [
      "json",
      "escapes characters that YAML and TOML refuse",
      text("\u007f\u0085\u2028\uFEFF"),
      '"\\u007f\\u0085\\u2028\\ufeff"',
    ],
    ["base64", "takes text", text("ä"), "w6Q="],
    ["base64", "accepts bytes", bytes(0xff, 0x00), "/wA="],
    ["base64url", "has no padding, and no sign that a URL escapes", bytes(0xff, 0xef, 0xfe, 0x00), "_-_-AA"],
    [
      "dotenv",
      "writes a line for each field",
      text('{"A":"x y","B":1.50,"c_1":null,"D":{"e":[]}}'),
      "A='x y'\nB='1.50'\nD='{\"e\":[]}'",
    ],
    ["dotenv", "takes an object within the document", json('{"A":"x"}'), "A='x'"],
    ["dotenv", "writes nothing of an empty object", text("{}"), ""],
    ["base64decode", "gives bytes", text("/wA="), "\xff\0"],
    ["base64decode", "ignores line breaks", text(" aGVs\r\nbG8=\n"), "hello"],
    ["trim", "removes white space at both ends", text("\t a b\r\n"), "a b"],
    ["shell", "makes one word", text('it\'s $(x) `y` "z"'), "'it'\\''s $(x) `y` \"z\"'"],
    ["shell", "makes a word of an empty text", text(""), "''"],
    ["pgpass", "escapes colons and backslashes", text("a:b\\c"), "a\\:b\\\\c"],
  ])("%s %s", (name, _, input, expected) => {
    expect(shown(name, input)).toBe(expected);
  });

  it.each<[FilterName, string, FieldText, string]>([
    ["base64decode", "text that is not base64", text("planted!"), "base64 text"],
    ["base64decode", "text without padding", text("aGVsbG8"), "base64 text"],
    ["dotenv", "text that is not an object", text("planted"), "a JSON object"],
    [
      "dotenv",
      "a name that is not a variable's",
      text('{"a-b":"planted"}'),
      "names of environment variables",
    ],
    ["dotenv", "a NUL", text('{"A":"planted\\u0000"}'), "without NUL characters"],
    ["pgpass", "a line break", text("planted\nb"), "line break"],
    ["shell", "a NUL", text("planted\0"), "NUL"],
    ["url", "bytes that are not text", bytes(0xff), "UTF-8 text"],
    ["url", "half a pair", text("planted\uD800"), "UTF-8 text"],
    ["base64", "half a pair", text("planted\uDC00"), "text without half surrogate pairs"],
  ])("%s refuses %s without showing it", (name, _, input, problem) => {
    expect(shown(name, input)).toContain(problem);
    expect(shown(name, input)).not.toContain("planted");
  });

  it("can be undone by readers of their output", () => {
    fc.assert(
      fc.property(
        oddText.filter((value) => value.isWellFormed()),
        (value) => {
          expect(decodeURIComponent(shown("url", text(value)))).toBe(value);
          expect(JSON.parse(Buffer.from(shown("json", text(value)), "latin1").toString())).toBe(value);
          expect(Buffer.from(shown("base64", text(value)), "base64").toString()).toBe(value);
          expect(shown("base64decode", FILTER.base64(text(value)) as FieldText)).toBe(
            Buffer.from(value).toString("latin1"),
          );
        },
      ),
    );
  });

  it("make a word that a shell reads back unchanged", () => {
    const value = "a'b\"c$(echo x)`y`\\ \n*?~#;&|<>!{1..3} ä";
    const word = Buffer.from(shown("shell", text(value)), "latin1").toString();
    expect(execFileSync("/bin/sh", ["-c", `printf %s ${word}`]).toString()).toBe(value);
  });

  it("make lines that a shell and Node's dotenv parser read back unchanged", () => {
    const fields = { PLAIN: 'p@ss $(x) `y` "z" #1', LINES: "a\nb", QUOTE: "it's", EMPTY: "", NUMBER: "1.5" };
    const lines = Buffer.from(shown("dotenv", text(JSON.stringify(fields))), "latin1").toString();
    const script = `${lines}\nprintf '%s\\0' ${Object.keys(fields)
      .map((name) => `"$${name}"`)
      .join(" ")}`;
    expect(execFileSync("/bin/sh", ["-c", script]).toString().split("\0").slice(0, -1)).toEqual(
      Object.values(fields),
    );
    expect(parseEnv(lines)).toEqual(fields);
  });

  it("make a line for a shell where no dotenv form fits", () => {
    const lines = shown("dotenv", text(JSON.stringify({ A: `it's $x` })));
    expect(execFileSync("/bin/sh", ["-c", `${lines}; printf %s "$A"`]).toString()).toBe("it's $x");
  });

  it("never throw, and make the input at most nine times longer", () => {
    const input = fc.oneof(
      oddText.map(text),
      fc.json().map(json),
      fc.uint8Array().map((value): FieldText => ({ kind: "bytes", bytes: value })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...FILTERS), input, (name, given) => {
        const result = FILTER[name](given);
        if (result !== undefined) expect(sizeOf(result)).toBeLessThanOrEqual(9 * sizeOf(given) + 4);
      }),
      { numRuns: 1_000 },
    );
  });
});
