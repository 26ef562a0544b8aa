import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { resolveTarget } from "../api/resolved-target.ts";
import { SECRET_TYPES, target as targetSchema } from "../api/target.ts";
import { FILTERS } from "../api/template-text.ts";
import { mapDocument } from "./document-mapping.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/templates.md"), "utf8");

/** The decoded data of a Secret for this document and target, or the problem. */
function made(document: string, target: unknown): Readonly<Record<string, string>> | string {
  const mapped = mapDocument(new SecretValue(document), resolveTarget("db", targetSchema.parse(target)));
  if (mapped.kind === "invalid") return mapped.problem;
  const decoded = Object.entries(mapped.data.reveal()).map(([key, text]) => [
    key,
    Buffer.from(text, "base64").toString(),
  ]);
  return Object.fromEntries(decoded);
}

describe("docs/templates.md", () => {
  const examples = [
    ...PAGE.matchAll(
      /^### (.*)\n\n```json\n([\s\S]*?)\n```\n\n```yaml\n([\s\S]*?)```\n[^`]*```yaml\n([\s\S]*?)```/gm,
    ),
  ];

  it("has examples", () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.each(
    examples.map(([, name = "", document = "", target = "", data = ""]) => ({
      name,
      document,
      target,
      data,
    })),
  )("shows the correct Secret: $name", ({ document, target, data }) => {
    expect(made(document, parse(target))).toEqual(parse(data));
  });

  const filters = [...PAGE.matchAll(/^[|] `(\w+)` [|] `(.*?)` [|] `(.*?)` [|]/gm)];

  it.each(filters.map(([, name = "", input = "", output = ""]) => ({ name, input, output })))(
    "shows the correct output of $name",
    ({ name, input, output }) => {
      const template = { made: `{{ a | ${name} }}` };
      const expected = name === "dotenv" ? output.replace(" ", "\n") : output;
      expect(made(JSON.stringify({ a: input }), { keys: { include: [] }, template })).toEqual({
        made: expected,
      });
    },
  );

  it("has exactly one row for each filter and each type", () => {
    expect(new Set(filters.map(([, name]) => name))).toEqual(new Set(FILTERS));
    const [, types = ""] = PAGE.split("## Types\n");
    expect([...types.matchAll(/^[|] `([\w./-]+)`/gm)].map(([, type]) => type)).toEqual([
      "type",
      ...SECRET_TYPES,
    ]);
  });
});
