import { SecretValue } from "@rotated-secrets/contract/secret-value";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILTERS, MAX_TEMPLATE_LENGTH } from "../api/template-text.ts";
import { readDocument } from "./secret-document.ts";
import { MAX_WORK, renderTemplates } from "./template.ts";
import { oddText } from "./testing/odd-text.ts";

function render(template: Readonly<Record<string, string>>, value: string | Uint8Array) {
  const reading = readDocument(new SecretValue(value));
  if (reading.kind === "invalid") throw new Error(reading.problem);
  return renderTemplates(new Map(Object.entries(template)), reading.document);
}

/** The text of one template, or its problem. */
function made(template: string, value: string | Uint8Array): string {
  const rendering = render({ key: template }, value);
  return rendering.kind === "invalid"
    ? rendering.problem
    : Buffer.from(rendering.keys.get("key") ?? []).toString();
}

const DOCUMENT = JSON.stringify({
  username: "app",
  password: "p@ss/w:rd",
  port: 5432,
  ssl: true,
  "tls.crt": "PEM",
  db: { hosts: ["a", { name: "b" }], "x.y": 1 },
  nothing: null,
  empty: "",
});

describe("a template is filled in with", () => {
  it.each([
    ["fields", "{{ username }}:{{ password }}", "app:p@ss/w:rd"],
    [
      "fields through filters",
      "postgres://{{ username | url }}:{{ password | url }}@h:{{ port }}/",
      "postgres://app:p%40ss%2Fw%3Ard@h:5432/",
    ],
    ["numbers and booleans as JSON text", "{{ port }} {{ ssl }}", "5432 true"],
    ["objects and arrays as compact JSON", "{{ db.hosts }}", '["a",{"name":"b"}]'],
    ["fields of fields", "{{ db.hosts.0 }}{{ db.hosts.1.name }}", "ab"],
    ["names with dots in quotes", '{{ "tls.crt" }}{{ db."x.y" }}', "PEM1"],
    ["an empty text", "[{{ empty }}]", "[]"],
    ["several filters in a row", "{{ password | base64 | json }}", '"cEBzcy93OnJk"'],
    [
      "JSON in JSON",
      '{"auths":{"r":{"username":{{ username | json }},"password":{{ password | json }}}}}',
      '{"auths":{"r":{"username":"app","password":"p@ss/w:rd"}}}',
    ],
    ["texts joined before a filter", "{{ username + ':' + password | base64 }}", "YXBwOnBAc3MvdzpyZA=="],
    [
      "a default for a missing field",
      "{{ host | default 'localhost' }}:{{ port | default '1' }}",
      "localhost:5432",
    ],
    ["a default for a null field, and its filters", "{{ nothing | trim | default 'a b' | url }}", "a%20b"],
    ["a default for a join with a missing field", "{{ username + host | default 'x' }}", "x"],
    ["no default for an empty field", "[{{ empty | default 'x' }}]", "[]"],
    ["the complete document as stored", "{{ . }}", DOCUMENT],
    ["literal text only", "text", "text"],
  ])("%s", (_, template, expected) => {
    expect(made(template, DOCUMENT)).toBe(expected);
  });

  it.each<[string, string, string | Uint8Array, string]>([
    ["a text", "Bearer {{ value }}", "token", "Bearer token"],
    ["an array", "{{ value }}", "[1]", "[1]"],
    ["an item of an array", "{{ value.1.a }}", '["x",{"a":1.50}]', "1.50"],
    ["JSON in a field's text", "{{ config.db.port }}", '{"config":"{\\"db\\":{\\"port\\":5432}}"}', "5432"],
    [
      "all fields as dotenv",
      "{{ . | dotenv }}",
      '{"USER":"app","PASSWORD":"p s"}',
      "USER='app'\nPASSWORD='p s'",
    ],
    ["bytes", "{{ value | base64 }}", Uint8Array.from([255]), "/w=="],
    ["all bytes", "{{ . | base64 }}", Uint8Array.from([255]), "/w=="],
  ])("the field value of %s", (_, template, value, expected) => {
    expect(made(template, value)).toBe(expected);
  });
});

describe("a problem with a template names key, expression and reason, and shows no value:", () => {
  it.each([
    ["a missing field", "{{ user }}", "no such field"],
    ["a missing field in a join", "{{ username + user }}", "no such field"],
    ["a null field", "{{ nothing }}", "null"],
    ["an index beyond the array", "{{ db.hosts.2 }}", "no such field"],
    ["an invalid index", "{{ db.hosts.01 }}", "no such field"],
    ["a field of a text", "{{ password.length }}", "no such field"],
    ["a field of a number", "{{ port.rawJSON }}", "no such field"],
    ["the length of an array", "{{ db.hosts.length }}", "no such field"],
    ["a property of every JavaScript object", "{{ constructor }}", "no such field"],
    ["its prototype", "{{ __proto__ }}", "no such field"],
    ["the prototype of a field", "{{ db.__proto__ }}", "no such field"],
    ["a method of a field", "{{ db.toString }}", "no such field"],
    [
      "a field that a filter cannot process",
      "{{ password | base64decode }}",
      "base64decode cannot process the field: it takes base64 text",
    ],
  ])("%s", (_, template, problem) => {
    const said = made(template, DOCUMENT);
    expect(said).toContain(`spec.target.template[key]: ${template}: `);
    expect(said).toContain(problem);
    expect(said).not.toContain("p@ss");
  });

  it("a text that an older or newer CRD accepted", () => {
    expect(made("{{ if x }}", DOCUMENT)).toContain("write fields in double braces");
  });
});

describe("a field named like a property of every object", () => {
  it.each(["__proto__", "constructor", "toString"])("%s is a field like any other", (name) => {
    expect(made(`{{ ${name} }}{{ a.${name} }}`, `{"${name}":"x","a":{"${name}":"y"}}`)).toBe("xy");
  });
});

describe("hostile templates hit a limit that the problem names", () => {
  const KIB = 1_024;
  const big = JSON.stringify({ a: "x".repeat(64 * KIB - 20) });
  const quotes = JSON.stringify({ a: '"'.repeat(31 * KIB) });
  const blanks = JSON.stringify({ a: " ".repeat(64 * KIB - 20) });
  const snow = JSON.stringify({ a: "☃".repeat(21 * KIB) });
  const many = (expression: string) =>
    Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => [
        `key-${i}`,
        expression.repeat(Math.floor(MAX_TEMPLATE_LENGTH / expression.length)),
      ]),
    );

  it.each([
    ["a field many times", many("{{a}}"), big],
    ["the document many times", many("{{.}}"), big],
    ["JSON in JSON in JSON", many("{{a|json|json|json|json}}"), quotes],
    ["escapes of escapes", many("{{a|url|url|url|url}}"), snow],
    ["large intermediate results with a small end", many("{{a|trim}}"), blanks],
    ["encoding and decoding in turn", many("{{a|base64|base64decode|base64|base64decode}}"), big],
    ["words in words", many("{{a|shell|shell|shell|shell}}"), JSON.stringify({ a: "'".repeat(60 * KIB) })],
  ])("%s", (_, template, document) => {
    expect(render(template, document)).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining(`more than ${MAX_WORK} bytes`),
    });
  });

  it("many small expressions do not hit the limit", () => {
    const rendering = render(many("{{a}}"), '{"a":"x"}');
    expect(rendering).toMatchObject({ kind: "keys" });
  });
});

describe("filling in", () => {
  const name = fc.oneof(
    fc.constantFrom("a", "b", "0", "__proto__", "constructor"),
    fc.stringMatching(/^[a-z]{1,3}$/),
  );
  const expression = fc
    .record({
      path: fc.array(name, { minLength: 1, maxLength: 4 }),
      filters: fc.array(fc.constantFrom(...FILTERS), { maxLength: 4 }),
    })
    .map(({ path, filters }) => `{{ ${path.join(".")}${filters.map((filter) => ` | ${filter}`).join("")} }}`);
  const template = fc
    .array(fc.oneof(expression, oddText, fc.constantFrom("{{ . }}", "{{", "}}")))
    .map((parts) => parts.join(""));
  const value = fc.oneof(
    fc.dictionary(name, fc.jsonValue()).map((document) => JSON.stringify(document)),
    fc.dictionary(name, oddText).map((document) => JSON.stringify(document)),
    fc.string(),
    fc.uint8Array(),
  );

  it("never throws, and gives the same output for the same input", () => {
    fc.assert(
      fc.property(template, value, (text, document) => {
        const once = render({ one: text, two: text }, document);
        expect(render({ one: text, two: text }, document)).toEqual(once);
      }),
      { numRuns: 2_000 },
    );
  });
});
