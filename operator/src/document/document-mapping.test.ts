import { SecretValue } from "@rotated-secrets/contract/secret-value";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../api/resolved-target.ts";
import type { RotatedSecretSpec } from "../api/rotated-secret.ts";
import { mapDocument } from "./document-mapping.ts";
import { oddText } from "./testing/odd-text.ts";

type Target = RotatedSecretSpec["target"];

function mapped(value: string | Uint8Array, target?: Target) {
  return mapDocument(new SecretValue(value), resolveTarget("db", target));
}

/** The data as text by key, or reason and problem. */
function keysAndTexts(
  value: string | Uint8Array,
  target?: Target,
): Readonly<Record<string, string>> | string {
  const result = mapped(value, target);
  if (result.kind === "invalid") return `${result.reason}: ${result.problem}`;
  return Object.fromEntries(
    Object.entries(result.data.reveal()).map(([key, text]) => [key, Buffer.from(text, "base64").toString()]),
  );
}

const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

describe("a document becomes keys of a Secret", () => {
  it.each<[string, string, object]>([
    ["strings unchanged", '{"a":"x\\n\\"y\\""}', { a: 'x\n"y"' }],
    [
      "numbers and booleans as their JSON text",
      '{"port":5432,"ssl":true,"ratio":1.50}',
      { port: "5432", ssl: "true", ratio: "1.50" },
    ],
    ["numbers beyond 2^53 digit by digit", '{"id":12345678901234567890}', { id: "12345678901234567890" }],
    [
      "numbers that JavaScript cannot hold",
      '{"a":1e400,"b":-0,"c":1.0,"d":0.1e-400,"e":1E5}',
      { a: "1e400", b: "-0", c: "1.0", d: "0.1e-400", e: "1E5" },
    ],
    [
      "objects and arrays as compact JSON",
      '{"o": {"b": [1, 2.0, null, 1e400]}, "l": []}',
      { o: '{"b":[1,2.0,null,1e400]}', l: "[]" },
    ],
    ["null as no key", '{"a":null,"b":"x"}', { b: "x" }],
    ["an empty string as an empty key", '{"a":""}', { a: "" }],
    ["the last of duplicate fields", '{"a":"1","a":"2"}', { a: "2" }],
    ["the last of duplicate fields, if null, as no key", '{"a":"1","a":null,"b":"x"}', { b: "x" }],
    ["the last of duplicate fields within one", '{"a":{"b":1.0,"b":2.0}}', { a: '{"b":2.0}' }],
    ["a field called __proto__ like any other", '{"__proto__":"x"}', JSON.parse('{"__proto__":"x"}')],
    ["a field __proto__ within one", '{"a":{"__proto__":{"b":1}}}', { a: '{"__proto__":{"b":1}}' }],
    ["half a surrogate pair within an object as its escape", '{"a":["\\ud800"]}', { a: '["\\ud800"]' }],
    ["a whole pair by escapes", '{"a":"\\ud83d\\ude00"}', { a: "😀" }],
    ["a field that begins with a dot", '{".netrc":"x"}', { ".netrc": "x" }],
    ["other text completely", "just text", { value: "just text" }],
    ["text with a byte order mark, including the mark", "\uFEFFtext", { value: "\uFEFFtext" }],
    ["an array as written", "[1, 2.0]", { value: "[1, 2.0]" }],
    ["an array of any depth", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, expect.anything()],
    ["a JSON number as written", "1.0", { value: "1.0" }],
    ["a JSON string with its quotes", '"x"', { value: '"x"' }],
    ["null whole", "null", { value: "null" }],
    ["a section of an INI file as text", "[client]\nuser=app", { value: "[client]\nuser=app" }],
    ["random text with braces as text", '{"[9x}', { value: '{"[9x}' }],
    ["an empty text", "", { value: "" }],
    ["unicode", '{"a":"pässwörd ☃"}', { a: "pässwörd ☃" }],
    ["the deepest allowed nesting", nested(100), { a: `${"[".repeat(99)}${"]".repeat(99)}` }],
    [
      "brackets in a text, which do not count as depth",
      `{"a":"${"[".repeat(200)}\\""}`,
      { a: `${"[".repeat(200)}"` },
    ],
    ["the longest value that AWS stores", `{"a":"${"x".repeat(65_526)}"}`, { a: "x".repeat(65_526) }],
  ])("%s", (_, text, expected) => {
    expect(keysAndTexts(text)).toEqual(expected);
  });

  it("bytes completely, also bytes of JSON and bytes that are not text", () => {
    expect(keysAndTexts(Buffer.from('{"a":1}'))).toEqual({ value: '{"a":1}' });
    const bytes = Uint8Array.from([0, 255, 10]);
    expect(mapped(bytes)).toMatchObject({ kind: "data" });
    const result = mapped(bytes);
    expect(result.kind === "data" && result.data.reveal()).toEqual({
      value: Buffer.from(bytes).toString("base64"),
    });
  });

  it.each([
    ["a name with a blank", '{"a b":"x"}', /"a b" is not a valid key/],
    ["a name with other letters", '{"pässwort":"x"}', /"pässwort" is not a valid key/],
    ["an empty name", '{"":"x"}', /"" is not a valid key/],
    ["a path", '{"..":"x"}', /"\.\." is not a valid key/],
    ["a name that begins like a path", '{"..a":"x"}', /"\.\.a" is not a valid key/],
    ["several names", '{"a b":1,"c d":2}', /none of the field names "a b", "c d" is a valid key/],
    ["a name that is too long", JSON.stringify({ ["k".repeat(254)]: "x" }), /at most 253/],
    ["half a surrogate pair", '{"a":"planted\\ud800"}', /the field "a" has half a surrogate pair/],
    ["an empty object", "{}", /no field that is not null, so the Secret would be empty/],
    ["an object of nulls", '{"a":null}', /no field that is not null/],
    ["incomplete JSON", '{"a":"planted', /begins like JSON, but is not valid JSON/],
    ["JSON with a comma too many", '{"a":"planted",}', /begins like JSON/],
    ["JSON without the quotes that a shell removed", "{user:planted,pass:planted}", /begins like JSON/],
    ["an object as Python prints it", "{'user': 'planted'}", /begins like JSON/],
    ["an array with a comma too many", '["planted",]', /begins like JSON/],
    ["a byte order mark before JSON", '\uFEFF{"a":"planted"}', /a byte order mark/],
    ["a nesting that is too deep", nested(101), /nested deeper than 100 levels/],
    ["a nesting that would overflow the stack", nested(30_000), /nested deeper than 100 levels/],
    ["more than a Secret holds", JSON.stringify({ a: "x".repeat(1_048_576) }), /at most 1048576/],
  ])("but %s is an error", (_, text, problem) => {
    const said = keysAndTexts(text);
    expect(said).toMatch(/^DocumentInvalid: /);
    expect(said).toMatch(problem);
    expect(said).not.toContain("planted");
  });

  it("never shows a value in an error", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.constant("planted-value")), (document) => {
        const result = mapped(JSON.stringify(document), { template: { t: "{{ a | base64decode }}" } });
        return result.kind === "data" || !result.problem.includes("planted-value");
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.json(), oddText, fc.uint8Array()), (value) => void mapped(value)));
  });
});

describe("the spec's keys", () => {
  const document = '{"username":"u","password":"p","host":"h","a b":"x","port":1}';

  it.each<[string, Target, object]>([
    [
      "include chooses the fields",
      { keys: { include: ["username", "p*"] } },
      { username: "u", password: "p", port: "1" },
    ],
    [
      "exclude leaves some out",
      { keys: { exclude: ["a?b", "port", "host"] } },
      { username: "u", password: "p" },
    ],
    ["exclude wins over include", { keys: { include: ["host", "port"], exclude: ["h*"] } }, { port: "1" }],
    [
      "rename changes the key, and makes a name valid",
      { keys: { include: ["a b", "host"], rename: { "a b": "AB", host: "DB_HOST" } } },
      { AB: "x", DB_HOST: "h" },
    ],
    [
      "rename of a missing field does nothing",
      { keys: { include: ["host"], rename: { user: "U" } } },
      { host: "h" },
    ],
    [
      "names may be swapped",
      { keys: { include: ["host", "username"], rename: { host: "username", username: "host" } } },
      { username: "h", host: "u" },
    ],
    [
      "a template adds a key, and may use excluded fields",
      { keys: { include: [] }, template: { URL: "{{ username }}@{{ host }}" } },
      { URL: "u@h" },
    ],
    [
      "a template replaces a field",
      { keys: { include: ["host"] }, template: { host: "{{ port }}" } },
      { host: "1" },
    ],
  ])("%s", (_, target, expected) => {
    expect(keysAndTexts(document, target)).toEqual(expected);
  });

  it("rename the only field of a text", () => {
    expect(keysAndTexts("token", { keys: { rename: { value: "TOKEN" } } })).toEqual({ TOKEN: "token" });
  });

  it.each<[string, Target]>([
    ["that are empty", { keys: { include: [] } }],
    ["that are misspelt", { keys: { include: ["user", "pasword"] } }],
    ["that exclude everything", { keys: { exclude: ["*"] } }],
  ])("%s are an error, because the Secret would be empty", (_, target) => {
    expect(keysAndTexts(document, target)).toMatch(
      /^DocumentInvalid: spec.target.keys chooses none of its fields \("username", "password",/,
    );
  });

  it.each<[string, object]>([
    ['{"api/key":"x"}', { "api/key": "api_key" }],
    ['{"my key":"x","my_key":"y"}', { "my key": "my_key_2" }],
    ['{"":"x","..":"y"}', { "": "field", "..": "field_2" }],
  ])("that lack a rename for %s get one suggested", (text, renames) => {
    expect(mapped(text)).toMatchObject({ reason: "DocumentInvalid", remedy: { kind: "rename", renames } });
  });

  it("that give two fields the same key are an error", () => {
    const target = { keys: { include: ["host", "username"], rename: { host: "username" } } };
    expect(keysAndTexts(document, target)).toBe(
      'DocumentInvalid: two of its fields become the key "username": rename or exclude one of them in spec.target.keys',
    );
  });

  it("ignore an invalid field that is excluded", () => {
    const target = { keys: { exclude: ["a b", "bad"] } };
    expect(keysAndTexts('{"a b":"x","bad":"\\ud800","c":"d"}', target)).toEqual({ c: "d" });
  });
});

describe("a template or a type that does not fit the document", () => {
  it.each<[string, string, Target, RegExp]>([
    [
      "a missing field",
      "{}",
      { template: { URL: "{{ host }}" } },
      /^TemplateInvalid: spec.target.template\[URL\]/,
    ],
    [
      "more data in total than a Secret holds",
      `{"a":"${"x".repeat(60_000)}"}`,
      { template: { big: "{{ a }}".repeat(20) } },
      /^DocumentInvalid: its data would have 1260004 bytes/,
    ],
    [
      "a key that the type needs",
      '{"cert":"C"}',
      { type: "kubernetes.io/tls" },
      /^TypeRequiresKeys: it needs the key "tls.crt"/,
    ],
  ])("%s", (_, document, target, problem) => {
    expect(keysAndTexts(document, target)).toMatch(problem);
  });

  it("a certificate comes from fields by rename and template", () => {
    const target: Target = {
      type: "kubernetes.io/tls",
      keys: { include: ["cert"], rename: { cert: "tls.crt" } },
      template: { "tls.key": "{{ key | base64decode }}" },
    };
    expect(keysAndTexts('{"cert":"C","key":"Sw==","other":"x"}', target)).toEqual({
      "tls.crt": "C",
      "tls.key": "K",
    });
  });
});
