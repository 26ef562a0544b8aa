import { describe, expect, it } from "vitest";
import type { Change, Cost, Figures } from "./figures.ts";
import { report } from "./report.ts";

const cost: Cost = {
  seconds: 10,
  awsCalls: { BatchGetSecretValue: 50, ListSecrets: 10 },
  apiRequests: { "patch /secrets": 1_000, "patch rotatedsecrets.dev/rotatedsecrets/status": 1_000 },
  operatorCpuSeconds: 2,
  apiServerCpuSeconds: 3,
  rssMiB: 120,
  peakRssMiB: 130,
};
const atRest: Cost = {
  ...cost,
  seconds: 60,
  apiRequests: { "watch /secrets": 2, "patch coordination.k8s.io/leases": 30 },
};
const change: Change = { ...cost, secondsToNoticed: 58, secondsToCarried: 4 };
const figures: Figures = {
  startedAt: "2026-01-31T15:04:05.000Z",
  machine: { cpus: 2, model: "A", memoryGiB: 8, node: "24.0.0", loadBefore: 0.5, loadAfter: 1.5 },
  n: 1_000,
  awsLatencyMs: 15,
  settings: { workers: "4" },
  bareLoop: { seconds: 2, cpuSeconds: 1, apiServerCpuSeconds: 2 },
  coldStart: { ...cost, secondsToSecrets: 6 },
  rest: atRest,
  singleChange: change,
  burst: change,
};

describe("the report of a run", () => {
  it.each([
    ["the settings", /1,000 RotatedSecrets, AWS latency 15 ms, workers=4/],
    ["the load of the machine", /load 0\.5 before and 1\.5 after/],
    ["what a phase has cost", /^cold start +6\.00 s +60 +2,000 +2\.00 +2\.00 s +3\.00 s +120 MiB/m],
    ["what it consisted of", /^burst +50 BatchGetSecretValue, 10 ListSecrets/m],
    ["the ratio to the bare loop", /cold start takes 3\.0 times as long and 2\.0 times the CPU/],
    ["a goal that is missed", /^cold start +5 s +6 s +MISSED$/m],
    ["a goal that is met, upkeep left out", /^API requests at rest.* 0 requests +0 requests +met$/m],
  ])("says %s", (_, line) => {
    expect(report(figures)).toMatch(line);
  });

  it("compares with the goals at their size only", () => {
    expect(report({ ...figures, n: 100 })).not.toContain("MISSED");
  });
});
