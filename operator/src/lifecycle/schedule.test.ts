import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type { Trigger } from "../api/resolved-spec.ts";
import { cached } from "../ports/fact.ts";
import { currentMadeAt, lastTick, nextTick } from "./schedule.ts";
import { ages, NOW, resource, secret, version, world } from "./testing/world.ts";

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

describe("the age of the current version", () => {
  const theWorld = world(1);

  it("is not that of another version's value, as AWS may still answer with", () => {
    const value = at(every(2), { resource: 9, version: 3 }).value;
    expect(currentMadeAt({ ...theWorld, value, source: cached({ secret: secret(2) }) })).toBeUndefined();
  });

  it("is told by the list of versions too", () => {
    const source = cached({ secret: secret(2) });
    expect(currentMadeAt({ ...theWorld, source, ages: ages(2) })).toBe(NOW - 60_000);
  });
});
