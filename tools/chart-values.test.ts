import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chartValues } from "./chart-values.ts";

const VALUES = join(import.meta.dirname, "../charts/rotated-secrets/values.yaml");

describe("values.yaml", () => {
  it("gives every value of the schema its default", async () => {
    const defaults = chartValues.safeParse(parse(await readFile(VALUES, "utf8")));
    expect(defaults.error).toBeUndefined();
  });
});
