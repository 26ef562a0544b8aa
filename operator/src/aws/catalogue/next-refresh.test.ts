import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { CatalogueEntry } from "../../ports/secret-catalogue.ts";
import { secret } from "../testing/secrets-manager.fixture.ts";
import { type AwsAway, type AwsHealth, HEALTHY } from "./aws-health.ts";
import { DEFAULT_CATALOGUE_SETTINGS as SETTINGS } from "./catalogue-settings.ts";
import { type Listing, NOT_LISTED } from "./listing.ts";
import { nextRefresh } from "./next-refresh.ts";
import { type SecretKnowledge, unknownSecret } from "./secret-knowledge.ts";

const MINUTE = 60_000;
/** When the last thing was learned. */
const SINCE = 1_000_000;

const problem = (kind: AwsProblem["kind"]): CatalogueEntry => ({
  problem: { kind, operation: "DescribeSecret", code: "Code" },
});
const facts: CatalogueEntry = { secret: { ...secret("db", 1), currentRead: { first: 1, last: 1 } } };
const listing: Listing = { ...NOT_LISTED, isOn: true, isShowing: true };
const ended = (endedAt: number): Listing => ({ ...NOT_LISTED, endedAt });

function away(closedUntil: number, failures = 4): AwsHealth {
  const { problem: why } = problem("unavailable");
  if (why === undefined) throw new Error("not reached");
  return { failing: new Set(), away: { problem: why, failures, closedUntil } };
}

/** A secret that was learned at SINCE, with the random number 0.5. */
function known(change: Partial<SecretKnowledge> = {}): SecretKnowledge {
  const base = unknownSecret({ now: 0, monotonic: SINCE, jitter: 0.5 });
  return { ...base, entry: facts, isFirst: false, isListed: true, ...change };
}

function expectedAt(at: number): SecretKnowledge["expected"] {
  return { from: undefined, until: Number.MAX_SAFE_INTEGER, at, waitMs: 1_000 };
}

describe("the next refresh of a secret", () => {
  it.each<[string, Partial<SecretKnowledge>, Listing, AwsHealth, number, string]>([
    ["that lists show: in 5 min", {}, listing, HEALTHY, 5 * MINUTE, "Interval"],
    [
      "that lists show, the first time: spread over an interval that begins later",
      { isFirst: true },
      listing,
      HEALTHY,
      3.5 * MINUTE,
      "Interval",
    ],
    ["that lists do not show: in 1 min", { isListed: false }, listing, HEALTHY, MINUTE, "Interval"],
    [
      "that no list has looked for yet: as if it were shown",
      { isListed: undefined },
      listing,
      HEALTHY,
      5 * MINUTE,
      "Interval",
    ],
    [
      "before the first list has ended, or while lists fail: in 1 min",
      {},
      { ...NOT_LISTED, isOn: true },
      HEALTHY,
      MINUTE,
      "Interval",
    ],
    ["without lists: in 1 min", {}, NOT_LISTED, HEALTHY, MINUTE, "Interval"],
    [
      "of which nothing is known: after 5 to 10 min, in case a list pass does not end",
      { entry: undefined },
      listing,
      HEALTHY,
      7.5 * MINUTE,
      "Unknown",
    ],
    ["with a hint: at once", { hintedAt: SINCE + 7 }, listing, HEALTHY, 7, "Hint"],
    [
      "with a hint, when nothing is known: at once",
      { entry: undefined, hintedAt: SINCE },
      listing,
      HEALTHY,
      0,
      "Hint",
    ],
    ["that was denied: in about 1 min", { entry: problem("denied") }, listing, HEALTHY, MINUTE, "Refused"],
    [
      "that was not found: in about 1 min",
      { entry: problem("notFound") },
      NOT_LISTED,
      HEALTHY,
      MINUTE,
      "Refused",
    ],
    [
      "that was not answered once: within 1 s",
      { entry: problem("unavailable"), failures: 1 },
      listing,
      HEALTHY,
      500,
      "Unanswered",
    ],
    [
      "that was not answered 3 times: within 4 s",
      { entry: problem("unavailable"), failures: 3 },
      listing,
      HEALTHY,
      2_000,
      "Unanswered",
    ],
    [
      "that was not answered 30 times: within 30 s",
      { entry: problem("unavailable"), failures: 30 },
      listing,
      HEALTHY,
      15_000,
      "Unanswered",
    ],
    [
      "with an expected change: when that is due",
      { expected: expectedAt(SINCE + 9) },
      listing,
      HEALTHY,
      9,
      "Expected",
    ],
    [
      "with an expected change that is due later: at its own time",
      { expected: expectedAt(SINCE + 2 * MINUTE) },
      NOT_LISTED,
      HEALTHY,
      MINUTE,
      "Interval",
    ],
    [
      "while AWS is away: at a time of its own after the pause",
      { hintedAt: SINCE },
      listing,
      away(SINCE + MINUTE),
      MINUTE + 4_000,
      "Hint",
    ],
    [
      "while AWS is away, but due after the pause: at its time",
      {},
      listing,
      away(SINCE + MINUTE),
      5 * MINUTE,
      "Interval",
    ],
    [
      "with an expected change, while AWS is away: when that is due",
      { expected: expectedAt(SINCE + 9) },
      listing,
      away(SINCE + MINUTE),
      9,
      "Expected",
    ],
    [
      "that waited when lists ended: spread over 1 min from then on",
      {},
      ended(SINCE + 2 * MINUTE),
      HEALTHY,
      2.5 * MINUTE,
      "Interval",
    ],
    [
      "that waited when lists ended, and was due soon: not later than with lists",
      {},
      ended(SINCE + 4.9 * MINUTE),
      HEALTHY,
      5 * MINUTE,
      "Interval",
    ],
    ["that was learned after lists ended: in 1 min", {}, ended(SINCE), HEALTHY, MINUTE, "Interval"],
    [
      "that lists did not show, when they end: as before",
      { isListed: false },
      ended(SINCE + 1),
      HEALTHY,
      MINUTE,
      "Interval",
    ],
  ])("%s", (_name, change, lists, health, expected, why) => {
    const next = nextRefresh(known(change), { listing: lists, health }, SETTINGS);
    expect([next.at - SINCE, next.why]).toEqual([expected, why]);
  });

  it("does not wait for a slot while a change is expected", () => {
    const urgent = (change: Partial<SecretKnowledge>) =>
      nextRefresh(known(change), { listing, health: HEALTHY }, SETTINGS).isUrgent;
    expect(urgent({})).toBe(false);
    expect(urgent({ hintedAt: SINCE })).toBe(false);
    expect(urgent({ expected: expectedAt(SINCE) })).toBe(true);
    expect(urgent({ expected: expectedAt(SINCE + 60 * MINUTE) })).toBe(true);
  });
});

describe("for anything that may be known", () => {
  const time = fc.integer({ min: SINCE - 10 * MINUTE, max: SINCE + 10 * MINUTE });
  const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const anyKnowledge: fc.Arbitrary<SecretKnowledge> = fc.record({
    entry: fc.constantFrom(undefined, facts, problem("denied"), problem("unavailable"), {
      ...facts,
      ...problem("notFound"),
    }),
    since: fc.constant(SINCE),
    jitter,
    isFirst: fc.boolean(),
    isConfirmed: fc.boolean(),
    isListed: fc.constantFrom(undefined, true, false),
    failures: fc.nat(1_000),
    hintedAt: fc.option(time, { nil: undefined }),
    expected: fc.option(
      time.map((at) => expectedAt(at)),
      { nil: undefined },
    ),
  });
  const anyListing: fc.Arbitrary<Listing> = fc.record({
    isOn: fc.boolean(),
    isShowing: fc.boolean(),
    endedAt: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), time),
    deniedUntil: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), time),
    pages: fc.option(fc.nat(5_000), { nil: undefined }),
  });
  const anyAway: fc.Arbitrary<AwsAway> = fc.record({
    problem: fc.constant({ kind: "unavailable", operation: "DescribeSecret", code: "Code" } as const),
    failures: fc.nat(1_000),
    closedUntil: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), time),
  });

  it("there is a next refresh, and it is near", () => {
    fc.assert(
      fc.property(
        anyKnowledge,
        anyListing,
        fc.option(anyAway, { nil: undefined }),
        (knowledge, lists, isAway) => {
          const health = { failing: new Set<string>(), away: isAway };
          const { at } = nextRefresh(knowledge, { listing: lists, health }, SETTINGS);
          const latest = Math.max(
            SINCE + (knowledge.entry === undefined ? 10 : 6) * MINUTE,
            (isAway?.closedUntil ?? 0) + 30_000,
            knowledge.hintedAt ?? 0,
          );
          expect(at).toBeGreaterThanOrEqual(SINCE - 10 * MINUTE);
          expect(at).toBeLessThanOrEqual(latest);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, Listing, AwsHealth, Partial<SecretKnowledge>, number]>([
    ["first refreshes, over 5 min", listing, HEALTHY, { isFirst: true }, 5 * MINUTE],
    ["first refreshes without lists, over 1 min", NOT_LISTED, HEALTHY, { isFirst: true }, MINUTE],
    ["refreshes when lists end, over 1 min", ended(SINCE + MINUTE), HEALTHY, {}, MINUTE],
    ["refreshes when AWS is back, over 30 s", listing, away(SINCE + 9 * MINUTE, 20), {}, 30_000],
    ["refreshes of what was denied, over 30 s", listing, HEALTHY, { entry: problem("denied") }, 30_000],
  ])("%s, are spread evenly", (_name, lists, health, change, over) => {
    const count = 1_000;
    const times = Array.from({ length: count }, (_, i) => {
      const knowledge = known({ ...change, jitter: i / count });
      return nextRefresh(knowledge, { listing: lists, health }, SETTINGS).at;
    });
    const first = Math.min(...times);
    const tenths = Map.groupBy(times, (at) => Math.floor((10 * (at - first)) / over));
    expect([...tenths.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const tenth of tenths.values()) expect(Math.abs(tenth.length - count / 10)).toBeLessThanOrEqual(1);
  });
});
