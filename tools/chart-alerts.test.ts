import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const text = z.string().min(10).endsWith(".");
const alerts = z
  .array(
    z.strictObject({
      alert: z.string().regex(/^RotatedSecrets?[A-Z]\w+$/),
      expr: z.string(),
      for: z.string().optional(),
      labels: z.strictObject({ severity: z.enum(["info", "warning", "critical"]) }),
      annotations: z.strictObject({ summary: text, description: text }),
    }),
  )
  .parse(parse(read("charts/rotated-secrets/files/alerts.yaml")));

describe("the chart's alerts", () => {
  const metrics = new Set([...read("docs/metrics.md").matchAll(/^[|] `(\w+)` /gm)].map(([, name]) => name));

  it.each(alerts)("$alert asks for metrics that exist", ({ expr }) => {
    const asked =
      expr.match(/\b(rotated|workqueue|controller|rest|reflector|leader|process|nodejs)\w*_\w+/g) ?? [];
    expect(asked).not.toEqual([]);
    expect(asked.filter((name) => !metrics.has(name))).toEqual([]);
  });

  it("have a section each in the runbook, and it has no others", () => {
    const sections = [...read("docs/runbook.md").matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual(alerts.map(({ alert }) => alert));
  });
});
