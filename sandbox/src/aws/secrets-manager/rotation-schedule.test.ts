import { describe, expect, it } from "vitest";
import { emptySecret } from "./new-secret.ts";
import { nextRotationAt, requireSchedule } from "./rotation-schedule.ts";
import type { RotationRules } from "./secret.ts";

const MONDAY_MIDDAY = Date.UTC(2026, 10, 23, 12, 30);
const BARE = emptySecret(
  { Name: "a" },
  { region: "eu-west-1", accountId: "111122223333", now: 0, arnSuffix: () => "AbCdEf" },
);

function next(rules: RotationRules, lastRotatedAt?: number, enabled = true): string | undefined {
  const rotation = { enabled, lambdaArn: "arn:aws:lambda:x", rules, since: MONDAY_MIDDAY };
  const at = nextRotationAt({ ...BARE, rotation, lastRotatedAt });
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 19);
}

describe("nextRotationAt", () => {
  it.each<[RotationRules, string]>([
    [{ AutomaticallyAfterDays: 1 }, "2026-11-24T23:59:59"],
    [{ AutomaticallyAfterDays: 10, Duration: "3h" }, "2026-12-03T02:59:59"],
    [{ ScheduleExpression: "rate(10 days)" }, "2026-12-03T23:59:59"],
    [{ ScheduleExpression: "rate(1 day)", Duration: "2h" }, "2026-11-24T01:59:59"],
    [{ ScheduleExpression: "rate(4 hours)" }, "2026-11-23T16:59:59"],
    [{ ScheduleExpression: "cron(0 8 * * ? *)" }, "2026-11-24T23:59:59"],
    [{ ScheduleExpression: "cron(0 16 1,15 * ? *)", Duration: "2h" }, "2026-12-01T17:59:59"],
    [{ ScheduleExpression: "cron(0 4/12 * * ? *)" }, "2026-11-23T16:59:59"],
    [{ ScheduleExpression: "cron(0 16 ? * 2-6 *)", Duration: "4h" }, "2026-11-23T19:59:59"],
    [{ ScheduleExpression: "cron(0 0 ? * SUN#1 *)" }, "2026-12-06T23:59:59"],
    [{ ScheduleExpression: "cron(0 16 L * ? *)" }, "2026-11-30T23:59:59"],
  ])("of %j is the end of the next window", (rules, expected) => {
    requireSchedule(rules);
    expect(next(rules)).toBe(expected);
  });

  it("counts from the last rotation", () => {
    const later = MONDAY_MIDDAY + 2 * 86_400_000;
    expect(next({ AutomaticallyAfterDays: 1 }, later)).toBe("2026-11-26T23:59:59");
    expect(next({ ScheduleExpression: "cron(0 8 * * ? *)" }, later)).toBe("2026-11-26T23:59:59");
  });

  it("is unknown while rotation is off, and without a schedule", () => {
    expect(next({ AutomaticallyAfterDays: 1 }, undefined, false)).toBeUndefined();
    expect(next({ Duration: "3h" })).toBeUndefined();
  });
});

describe("requireSchedule", () => {
  it.each<[string, RotationRules]>([
    ["two schedules", { AutomaticallyAfterDays: 1, ScheduleExpression: "rate(1 day)" }],
    ["a rate below four hours", { ScheduleExpression: "rate(3 hours)" }],
    ["a rate of zero", { ScheduleExpression: "rate(0 days)" }],
    ["a cron with minutes", { ScheduleExpression: "cron(30 8 * * ? *)" }],
    ["a cron with a year", { ScheduleExpression: "cron(0 8 * * ? 2027)" }],
    ["a cron of five fields", { ScheduleExpression: "cron(0 8 * * ?)" }],
    ["a cron with an invalid hour", { ScheduleExpression: "cron(0 24 * * ? *)" }],
  ])("refuses %s", (_title, rules) => {
    expect(() => requireSchedule(rules)).toThrow(
      expect.objectContaining({ code: "InvalidParameterException" }),
    );
  });
});
