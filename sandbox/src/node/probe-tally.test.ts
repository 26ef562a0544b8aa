import { describe, expect, it } from "vitest";
import { firstProbeIn, NO_RESULTS, nextProbeIn, type ProbeKind, tally } from "./probe-tally.ts";

/** The verdicts after each result, with one result per second. */
function verdicts(kind: ProbeKind, results: string, probe: object, everyMs = 1_000) {
  let state = NO_RESULTS;
  return [...results].map((result, index) => {
    state = tally(state, kind, result === "+", probe, index * everyMs);
    return state.verdict;
  });
}

describe("tally", () => {
  it.each<[string, ProbeKind, string, object, string[]]>([
    ["one success is enough by default", "readiness", "+", {}, ["success"]],
    [
      "three failures by default",
      "readiness",
      "+---",
      { periodSeconds: 1 },
      ["success", "success", "success", "failure"],
    ],
    [
      "a success in between resets the count",
      "liveness",
      "--+--",
      { periodSeconds: 1 },
      ["unknown", "unknown", "success", "success", "success"],
    ],
    [
      "successThreshold after a failure",
      "readiness",
      "-++",
      { failureThreshold: 1, successThreshold: 2 },
      ["failure", "failure", "success"],
    ],
    [
      "a startup probe fails by periods, not by single probes",
      "startup",
      "----",
      { periodSeconds: 2, failureThreshold: 2 },
      ["unknown", "unknown", "failure", "failure"],
    ],
  ])("%s", (_why, kind, results, probe, expected) => {
    expect(verdicts(kind, results, probe)).toEqual(expected);
  });
});

describe("firstProbeIn", () => {
  it.each<[ProbeKind, number, number, number]>([
    ["readiness", 0, 10, 0],
    ["readiness", 2, 10, 2_000],
    ["startup", 0, 10, 0],
    ["liveness", 0, 10, 10_000],
    ["liveness", 15, 10, 15_000],
  ])("%s, initial delay %i s, period %i s: %i ms", (kind, initialDelaySeconds, periodSeconds, expected) => {
    expect(firstProbeIn(kind, { initialDelaySeconds, periodSeconds })).toBe(expected);
  });
});

describe("nextProbeIn", () => {
  it.each<[ProbeKind, boolean, number, number]>([
    ["readiness", false, 10, 250],
    ["readiness", true, 10, 10_000],
    ["startup", false, 1, 250],
    ["liveness", false, 5, 5_000],
  ])("%s, succeeded before: %s, period %i s: %i ms", (kind, succeeded, periodSeconds, expected) => {
    expect(nextProbeIn(kind, succeeded, { periodSeconds })).toBe(expected);
  });
});
