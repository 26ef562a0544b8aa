import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { target } from "./target.ts";
import { MAX_TEMPLATE_LENGTH, parseTemplate, TEMPLATE_PATTERN } from "./template-text.ts";

const text = (value: string) => ({ kind: "text", text: value });
const expression = (source: string, path: string[], ...filters: string[]) => ({
  kind: "expression",
  source,
  operands: [{ kind: "field", path }],
  filters,
});

describe("a template is", () => {
  it.each<[string, string, object[]]>([
    ["text alone", "plain { } }} text", [text("plain { } }} text")]],
    ["a field", "{{ username }}", [expression("{{ username }}", ["username"])]],
    ["a field without blanks", "{{a}}", [expression("{{a}}", ["a"])]],
    ["a path", "{{ db.hosts.0 }}", [expression("{{ db.hosts.0 }}", ["db", "hosts", "0"])]],
    ["names in quotes", '{{ "tls.crt"."a b" }}', [expression('{{ "tls.crt"."a b" }}', ["tls.crt", "a b"])]],
    [
      "a name in quotes with an expression's signs",
      '{{ "}} | x" }}',
      [expression('{{ "}} | x" }}', ["}} | x"])],
    ],
    ["the whole document", "{{ . }}", [expression("{{ . }}", [])]],
    ["filters in a row", "{{ a | trim|url }}", [expression("{{ a | trim|url }}", ["a"], "trim", "url")]],
    ["a filter's name as a field", "{{ url }}", [expression("{{ url }}", ["url"])]],
    [
      "JSON with fields in it",
      '{"a":{"b":{{ c | json }}}}',
      [text('{"a":{"b":'), expression("{{ c | json }}", ["c"], "json"), text("}}")],
    ],
    [
      "fields and texts joined",
      "{{ a.b + ':|' + \"c\"|base64url }}",
      [
        {
          kind: "expression",
          source: "{{ a.b + ':|' + \"c\"|base64url }}",
          operands: [
            { kind: "field", path: ["a", "b"] },
            { kind: "literal", text: ":|" },
            { kind: "field", path: ["c"] },
          ],
          filters: ["base64url"],
        },
      ],
    ],
    [
      "a default, which may contain anything",
      "{{ a | default '}} | url' | url }}",
      [
        {
          kind: "expression",
          source: "{{ a | default '}} | url' | url }}",
          operands: [{ kind: "field", path: ["a"] }],
          filters: [{ default: "}} | url" }, "url"],
        },
      ],
    ],
    ["lines", "a\n{{ b }}\n", [text("a\n"), expression("{{ b }}", ["b"]), text("\n")]],
  ])("%s", (_, template, parts) => {
    expect(parseTemplate(template)).toEqual(parts);
  });
});

describe("a text is not a template with", () => {
  it.each([
    ["an unclosed expression", "{{ a"],
    ["an empty expression", "{{ }}"],
    ["three braces, which are ambiguous", "{{{ a }}"],
    ["an unknown filter", "{{ a | sha256 }}"],
    ["a default in double quotes, which belong to names", '{{ a | default "x" }}'],
    ["a default without a text", "{{ a | default }}"],
    ["an unclosed text", "{{ a + 'b }}"],
    ["more parts than eight", `{{ ${Array.from({ length: 9 }, () => "a").join(" + ")} }}`],
    ["a filter alone", "{{ | url }}"],
    ["too many filters", "{{ a | url | url | url | url | url }}"],
    ["a condition", "{{ if a }}x{{ end }}"],
    ["a call", "{{ a() }}"],
    ["arithmetic", "{{ 1 * 1 }}"],
    ["a path that begins with a dot, as in other languages", "{{ .username }}"],
    ["an empty name", "{{ a..b }}"],
    ["an unclosed quote", '{{ "a }}'],
    ["a line break in an expression", "{{ a\n}}"],
    ["an invalid second expression", "{{ a }} {{ b! }}"],
  ])("%s", (_, template) => {
    expect(parseTemplate(template)).toBeUndefined();
  });
});

describe("the API server's pattern and the operator's parser", () => {
  const pattern = new RegExp(TEMPLATE_PATTERN);
  const piece = fc.constantFrom(
    ..."{}|.\" ab0+'\n".split(""),
    "{{ a + 'b' }}",
    "| default 'x'",
    "| base64decode",
    "{{",
    "}}",
    "{{ a }}",
    "| url",
    "| nope",
    '"x y"',
    "{{ a.b | json }}",
  );

  it("agree on every text", () => {
    const texts = fc.oneof(
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (template) => {
        expect(parseTemplate(template) !== undefined).toBe(pattern.test(template));
      }),
      { numRuns: 5_000 },
    );
  });

  it("keep every part of a text", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const parts = parseTemplate(pieces.join(""));
        const back = parts?.map((part) => (part.kind === "text" ? part.text : part.source)).join("");
        expect(back ?? pieces.join("")).toBe(pieces.join(""));
      }),
    );
  });

  const long = (unit: string) => unit.repeat(MAX_TEMPLATE_LENGTH / unit.length);
  it.each([
    ["braces", long("{")],
    ["single braces", long("{ ")],
    ["open expressions", long("{{ a ")],
    ["blanks", `{{ a${" ".repeat(MAX_TEMPLATE_LENGTH - 8)}`],
    ["names with dots", `{{ ${long("a.").slice(8)}`],
    ["quotes", `{{ ${long('"').slice(8)}`],
    ["bars", `{{ a ${long("| ").slice(8)}`],
    ["expressions", long("{{a}}")],
    ["a text that is slow for other regular expressions", `${long("(a+)+$").slice(8)}!`],
  ])("take little time over %s", (_, hostile) => {
    const started = performance.now();
    expect(parseTemplate(hostile) !== undefined).toBe(pattern.test(hostile));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("a form of another template language gets a message of its own", () => {
  it.each([
    ["{{ .username }}", /no dot before a name/],
    ['{{- ."tls.crt" }}', /no dot before a name/],
    ["postgres://{{.username}}", /no dot before a name/],
    ["{{ password | b64enc }}", /write base64 for b64enc/],
    ["{{ username | upper }}", /there is no such filter/],
  ])("%s", (template, message) => {
    const { error } = target.safeParse({ template: { key: template } });
    expect(error?.issues.map((issue) => issue.message)).toEqual([expect.stringMatching(message)]);
  });

  it.each(["{{ . }}", "{{ a | trim }}", "{ .x }", "{{ a }} | upper "])("%s is a template", (template) => {
    expect(target.safeParse({ template: { key: template } }).success).toBe(true);
  });
});
