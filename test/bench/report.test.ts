import { describe, expect, it } from "vitest";
import { report } from "./report.ts";
import { sampleFigures as figures } from "./testing/sample-figures.ts";

describe("the report of a run", () => {
  it.each([
    ["the settings", /1,000 RotatedSecrets, AWS latency 15 ms, workers=4/],
    ["the load of the machine", /load 0\.5 before and 1\.5 after/],
    ["the cost of a phase", /^cold start +6\.00 s +60 +2,000 +2\.00 +2\.00 s +3\.00 s +120 MiB/m],
    ["the kinds of calls and requests", /^burst +50 BatchGetSecretValue, 10 ListSecrets/m],
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
