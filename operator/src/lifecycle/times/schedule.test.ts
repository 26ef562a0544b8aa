import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type { Trigger } from "../../api/resolved-spec.ts";
import { cached } from "../../ports/fact.ts";
import { createdTimes, NOW, resource, secret, version, world } from "../testing/world.ts";
import { currentMadeAt, lastTick, nextDue, nextTick } from "./schedule.ts";

const DAY = 86_400_000;

/** A resource of this age, a version of this age (in days), at noon UTC of a Friday in winter. */
function at(trigger: Trigger, ages: { resource: number; version: number }) {
  const base = world(1);
  const plain = resource();
  const metadata = {
    ...plain.metadata,
    creationTimestamp: new Date(base.now - ages.resource * DAY).toISOString(),
  };
  const createdAt = base.now - ages.version * DAY;
  return {
    ...base,
    spec: { ...base.spec, trigger },
    resource: { ...plain, metadata },
    value: cached({ kind: "value", versionId: version(1), createdAt, value: new SecretValue("{}") } as const),
  };
}

const cron = (expression: string, timeZone = "UTC"): Trigger => ({
  kind: "Schedule",
  schedule: { kind: "cron", cron: expression, timeZone },
});
const every = (days: number): Trigger => ({
  kind: "Schedule",
  schedule: { kind: "every", everyMs: days * DAY },
});
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());

describe("ticks of a schedule", () => {
  it.each<[string, Trigger, { resource: number; version: number }, string | undefined, string | undefined]>([
    [
      "of a cron expression",
      cron("0 3 * * *"),
      { resource: 9, version: 9 },
      "2026-11-20T03:00:00.000Z",
      "2026-11-21T03:00:00.000Z",
    ],
    [
      "in a time zone",
      cron("0 3 * * *", "Europe/Berlin"),
      { resource: 9, version: 9 },
      "2026-11-20T02:00:00.000Z",
      "2026-11-21T02:00:00.000Z",
    ],
    [
      "at this very moment",
      cron("0 12 * * *"),
      { resource: 9, version: 9 },
      "2026-11-20T12:00:00.000Z",
      "2026-11-21T12:00:00.000Z",
    ],
    [
      "before the resource existed do not count",
      cron("0 3 * * *"),
      { resource: 0.1, version: 9 },
      undefined,
      "2026-11-21T03:00:00.000Z",
    ],
    [
      "of an interval, from the version's age",
      every(2),
      { resource: 9, version: 3 },
      "2026-11-19T12:00:00.000Z",
      "2026-11-21T12:00:00.000Z",
    ],
    [
      "of an interval that is over several times, as where a rotation has failed",
      every(2),
      { resource: 9, version: 7 },
      "2026-11-19T12:00:00.000Z",
      "2026-11-21T12:00:00.000Z",
    ],
    [
      "of an interval that is not over",
      every(30),
      { resource: 90, version: 3 },
      undefined,
      "2026-12-17T12:00:00.000Z",
    ],
    [
      "of an interval, for a resource that came late",
      every(30),
      { resource: 1, version: 100 },
      undefined,
      "2026-12-10T12:00:00.000Z",
    ],
    ["of others than a schedule", { kind: "External" }, { resource: 9, version: 9 }, undefined, undefined],
  ])("%s", (_, trigger, ages, last, next) => {
    expect(iso(lastTick(at(trigger, ages)))).toBe(last);
    expect(iso(nextTick(at(trigger, ages)))).toBe(next);
  });
});

describe("ticks on the days of a change to or from summer time", () => {
  // Berlin: on 29 March 2026 02:00 becomes 03:00, on 25 October 2026 03:00 becomes 02:00.
  it.each([
    [
      "of a skipped hour come when the clocks are put forward",
      "30 2 * * *",
      "2026-03-28T12:00:00Z",
      ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"],
    ],
    [
      "of a fixed hour that comes twice come once",
      "30 2 * * *",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"],
    ],
    [
      "of every hour come in both",
      "0 * * * *",
      "2026-10-24T23:30:00Z",
      ["2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z", "2026-10-25T02:00:00.000Z"],
    ],
  ] as const)("%s, seen from before and from after", (_, expression, from, ticks) => {
    const base = at(cron(expression, "Europe/Berlin"), { resource: 900, version: 900 });
    let now = Date.parse(from);
    for (const tick of ticks) {
      const next = nextTick({ ...base, now });
      expect(iso(next)).toBe(tick);
      now = next ?? 0;
      expect(iso(lastTick({ ...base, now }))).toBe(tick);
    }
  });
});

describe("the next rotation that is due", () => {
  const aged = (maxAgeDays: number, trigger: Trigger = { kind: "Manual" }) => {
    const base = at(trigger, { resource: 90, version: 3 });
    return { ...base, spec: { ...base.spec, maxAgeMs: maxAgeDays * DAY } };
  };

  it.each([
    ["is when the version reaches its age", aged(5), "2026-11-22T12:00:00.000Z"],
    ["is the schedule's, where that is sooner", aged(5, cron("0 3 * * *")), "2026-11-21T03:00:00.000Z"],
    ["is the age's, where that is sooner", aged(4, every(30)), "2026-11-21T12:00:00.000Z"],
    ["is not to come, where the age was reached before", aged(2), undefined],
  ])("%s", (_, held, due) => {
    expect(iso(nextDue(held))).toBe(due);
  });
});

describe("the age of the current version", () => {
  const theWorld = world(1);

  it("is not that of another version's value, as AWS may still answer with", () => {
    const value = at(every(2), { resource: 9, version: 3 }).value;
    expect(currentMadeAt({ ...theWorld, value, source: cached({ secret: secret(2) }) })).toBeUndefined();
  });

  it("follows from the list of versions too", () => {
    const source = cached({ secret: secret(2) });
    expect(currentMadeAt({ ...theWorld, source, versionCreatedAt: createdTimes(2) })).toBe(NOW - 60_000);
  });
});
