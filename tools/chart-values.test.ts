import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chartCrd } from "./chart-crd.ts";
import { chartValues } from "./chart-values.ts";

const VALUES = join(import.meta.dirname, "../charts/rotated-secrets/values.yaml");

describe("values.yaml", () => {
  it("gives every value of the schema its default", async () => {
    const defaults = chartValues.safeParse(parse(await readFile(VALUES, "utf8")));
    expect(defaults.error).toBeUndefined();
  });
});

describe("a CRD as a template of the chart", () => {
  it("says what the CRD says, braces included", () => {
    const template = chartCrd(
      'kind: CustomResourceDefinition\nmetadata:\n  name: a\ndescription: "{{ username }}"\n',
    );
    expect(template).toContain('description: "{{ "{{" }} username }}"');
    expect(template).toMatch(/^\{\{- if \.Values\.crds\.enabled }}\n.*\{\{- end }}\n$/s);
  });

  it("is refused without a name", () => {
    expect(() => chartCrd("kind: Nothing\n")).toThrow("metadata.name");
  });
});
