import { SecretValue } from "@rotated-secrets/contract/secret-value";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../api/resolved-target.ts";
import { mapDocument } from "./document-mapping.ts";

function keysAndTexts(value: string | Uint8Array): Readonly<Record<string, string>> | string {
  const mapped = mapDocument(new SecretValue(value), resolveTarget("db"));
  if (mapped.kind === "invalid") return mapped.problem;
  return Object.fromEntries(
    Object.entries(mapped.data.reveal()).map(([key, text]) => [key, Buffer.from(text, "base64").toString()]),
  );
}

describe("a document becomes keys of a Secret", () => {
  it.each<[string, string, object]>([
    ["strings as they are", '{"a":"x\\n\\"y\\""}', { a: 'x\n"y"' }],
    [
      "numbers and booleans as their JSON text",
      '{"port":5432,"ssl":true,"ratio":1.50}',
      { port: "5432", ssl: "true", ratio: "1.50" },
    ],
    ["numbers beyond 2^53 digit by digit", '{"id":12345678901234567890}', { id: "12345678901234567890" }],
    [
      "objects and arrays as compact JSON",
      '{"o": {"b": [1, 2.0, null]}, "l": []}',
      { o: '{"b":[1,2.0,null]}', l: "[]" },
    ],
    ["null not at all", '{"a":null,"b":"x"}', { b: "x" }],
    ["an empty object as no keys", "{}", {}],
    ["the last of duplicate members", '{"a":"1","a":"2"}', { a: "2" }],
    ["a member called __proto__ as any other", '{"__proto__":"x"}', JSON.parse('{"__proto__":"x"}')],
    ["other text whole", "just text", { value: "just text" }],
    ["JSON that is no object whole", "[1,2]", { value: "[1,2]" }],
    ["a JSON number whole", "123", { value: "123" }],
    ["an empty text whole", "", { value: "" }],
    ["unicode", '{"a":"pässwörd ☃"}', { a: "pässwörd ☃" }],
  ])("%s", (_, text, expected) => {
    expect(keysAndTexts(text)).toEqual(expected);
  });

  it("bytes whole", () => {
    expect(keysAndTexts(Uint8Array.from([0x66, 0x6f]))).toEqual({ value: "fo" });
  });

  it.each([
    ["a name with a blank", '{"a b":"x"}', /"a b"/],
    ["an empty name", '{"":"x"}', /""/],
    ["a path", '{"..":"x"}', /"\.\."/],
    ["a name that is too long", JSON.stringify({ ["k".repeat(254)]: "x" }), /at most 253/],
    ["more than a Secret holds", JSON.stringify({ a: "x".repeat(1_048_576) }), /1048576 at most/],
  ])("and %s is an error that says so", (_, text, problem) => {
    expect(keysAndTexts(text)).toMatch(problem);
  });

  it("never shows a value in an error", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.constant("planted-value")), (document) => {
        const mapped = mapDocument(new SecretValue(JSON.stringify(document)), resolveTarget("db"));
        return mapped.kind === "data" || !mapped.problem.includes("planted-value");
      }),
    );
  });
});
