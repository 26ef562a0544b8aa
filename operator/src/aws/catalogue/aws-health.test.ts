import { describe, expect, it } from "vitest";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { type AwsHealth, afterFailure, HEALTHY, whenOpen } from "./aws-health.ts";

const problem: AwsProblem = { kind: "unavailable", operation: "DescribeSecret", code: "ECONNREFUSED" };

function afterFailures(ids: readonly string[], followed: number): AwsHealth {
  const fail = (health: AwsHealth, id: string) =>
    afterFailure(health, id, problem, followed, { now: 0, monotonic: 1_000, jitter: 0.5 });
  return ids.reduce(fail, HEALTHY);
}

describe("AWS", () => {
  it.each([
    ["one secret of many fails again and again", ["a", "a", "a", "a"], 10, false],
    ["two secrets of many fail", ["a", "b"], 10, false],
    ["three secrets of many fail", ["a", "b", "c"], 10, true],
    ["both of two secrets fail", ["a", "b"], 2, true],
    ["the only secret fails", ["a"], 1, true],
  ])("is away or not when %s", (_name, ids, followed, isAway) => {
    const { away, failing } = afterFailures(ids, followed);
    expect(away?.problem).toBe(isAway ? problem : undefined);
    expect(failing).toEqual(new Set(ids));
  });

  it("that is away is left alone for longer with each failure, up to 30 s", () => {
    const pauses = [1, 2, 3, 4, 9].map((more) => {
      const ids = ["a", ...Array.from({ length: more }, () => "a")];
      return (afterFailures(ids, 1).away?.closedUntil ?? 0) - 1_000;
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 15_000]);
  });
});

it.each([
  ["AWS answers", undefined, 5, 5],
  ["the pause is over by then", 4, 5, 5],
  ["the pause is not over by then", 6, 5, 6 + 0.25 * 4_000],
])("a refresh may start when %s", (_name, closedUntil, due, expected) => {
  const away = closedUntil === undefined ? undefined : { problem, failures: 3, closedUntil };
  expect(whenOpen(due, away, 0.25)).toBe(expected);
});
