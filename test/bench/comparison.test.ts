import { describe, expect, it } from "vitest";
import { compare } from "./comparison.ts";
import { comparisonReport } from "./comparison-report.ts";
import type { Figures } from "./figures.ts";
import { sampleFigures } from "./testing/sample-figures.ts";

/** Runs whose cold starts took these times, s. */
const runs = (...times: readonly number[]): readonly Figures[] =>
  times.map((secondsToSecrets) => ({
    ...sampleFigures,
    coldStart: { ...sampleFigures.coldStart, secondsToSecrets },
  }));

const coldStart = (ours: readonly number[], theirs: readonly number[]) =>
  compare({ ours: runs(...ours), theirs: runs(...theirs) }).find(({ name }) => name === "time to Secrets");

describe("the comparison of two builds", () => {
  it.each([
    ["one round", [3], [4], { ours: 3, theirs: 4, ratio: { median: 0.75, min: 0.75, max: 0.75 } }],
    [
      "medians of an odd number, ratios round by round",
      [9, 2, 3],
      [10, 4, 2],
      { ours: 3, theirs: 4, ratio: { median: 0.9, min: 0.5, max: 1.5 } },
    ],
    ["medians of an even number", [1, 3], [2, 2], { ours: 2, ratio: { median: 1, min: 0.5, max: 1.5 } }],
    ["two zeros as equal", [0], [0], { ratio: { median: 1, min: 1, max: 1 } }],
    ["no ratio to zero", [1, 1], [1, 0], { theirs: 0.5, ratio: undefined }],
  ])("has %s", (_, ours, theirs, expected) => {
    expect(coldStart(ours, theirs)).toMatchObject(expected);
  });

  it("has these figures, requests a secret and amounts a minute", () => {
    const compared = compare({ ours: runs(6), theirs: runs(6) });
    const lines = compared.map(({ phase, name, ours, unit }) => `${phase}, ${name}: ${ours} ${unit}`.trim());
    expect(lines).toEqual([
      "bare loop, time: 2 s",
      "cold start, time to Secrets: 6 s",
      "cold start, AWS calls: 60",
      "cold start, API requests a secret: 2",
      "cold start, operator CPU: 2 s",
      "rest, AWS calls a minute: 60",
      "rest, API requests a minute: 0",
      "rest, operator CPU a minute: 2 s",
      "rest, memory: 120 MiB",
      "rest, most memory: 130 MiB",
      "single change, time to notice: 58 s",
      "single change, time from there to Secrets: 4 s",
      "single change, AWS calls: 60",
      "single change, API requests a secret: 2000",
      "single change, operator CPU: 2 s",
      "single change, most memory: 130 MiB",
      "burst, time to notice: 58 s",
      "burst, time from there to Secrets: 4 s",
      "burst, AWS calls: 60",
      "burst, API requests a secret: 2",
      "burst, operator CPU: 2 s",
      "burst, most memory: 130 MiB",
    ]);
  });

  it.each([
    [
      "the size and the machine",
      /^1,000 RotatedSecrets, AWS latency 15 ms, workers=4; 2 CPUs \(A\); rounds: 2$/m,
    ],
    ["times", /^cold start +time to Secrets +5\.50 s +10\.0 s +0\.55 +0\.50 +0\.60$/m],
    ["counts", /^cold start +AWS calls +60 +60 +1\.00 +1\.00 +1\.00$/m],
    ["memory", /^rest +memory +120 MiB +120 MiB +1\.00/m],
  ])("is printed with %s", (_, line) => {
    const ours = runs(5, 6);
    const compared = compare({ ours, theirs: runs(10, 10) });
    expect(comparisonReport(compared, 2, sampleFigures)).toMatch(line);
  });
});
