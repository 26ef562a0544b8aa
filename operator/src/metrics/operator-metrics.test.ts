import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { describe, expect, it } from "vitest";
import { watchedResources } from "../kubernetes/watched-resources.ts";
import { operatorMetrics } from "./operator-metrics.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/metrics.md"), "utf8");

/** A registered metric. prom-client's types hide its name and labels. */
interface Made {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

function made(): readonly Made[] {
  const watched = watchedResources({ region: "eu-west-1", failed: () => {} });
  const { registry } = operatorMetrics({ version: "1", clock: new ManualClock(), watched });
  return registry.getMetricsAsArray().map((metric) => {
    const {
      name,
      help,
      labelNames = [],
    } = metric as unknown as Omit<Made, "labels"> & { labelNames?: string[] };
    return { name, help, type: metric.constructor.name.toLowerCase(), labels: labelNames };
  });
}

/** Prometheus: "Metric and label naming", and the checks of `promtool check metrics`. */
describe("every metric", () => {
  it.each(made())("$name keeps to the conventions", ({ name, help, type, labels }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(help, "a sentence").toMatch(/^\S.*[.]$/);
    expect(name.endsWith("_total"), "counters end in _total, others do not").toBe(type === "counter");
    expect(name, "histograms make these themselves").not.toMatch(/_(count|sum|bucket)$/);
    expect(name, "base units only").not.toMatch(
      /_(ms|milliseconds|minutes|hours|kilobytes|megabytes|mib)(_|$)/,
    );
    expect(name, "no type in the name").not.toMatch(/(counter|gauge|histogram|summary)/);
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(labels).not.toContain("le");
  });

  it("has a name of its own", () => {
    const names = made().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("docs/metrics.md", () => {
  it("has a row for each metric, with its type and labels, and for nothing else", () => {
    const rows = [...PAGE.matchAll(/^[|] `([a-z0-9_]+)` [|] (\w+) [|]([^|]*)[|] .+ [|]$/gm)];
    const here = rows.filter(([row]) => process.platform === "linux" || !row.includes("(Linux)"));
    const documented = here.map(([, name = "", type = "", labels = ""]) => {
      const named = [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label);
      return `${name} ${type} ${named.sort().join(",")}`;
    });
    const registered = made().map(
      ({ name, type, labels }) => `${name} ${type} ${[...labels].sort().join(",")}`,
    );
    expect(documented.sort()).toEqual([...registered].sort());
  });
});
