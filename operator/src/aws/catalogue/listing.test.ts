import { describe, expect, it } from "vitest";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { DEFAULT_CATALOGUE_SETTINGS as SETTINGS } from "./catalogue-settings.ts";
import { afterPass, afterShown, chooseListing, isWorthListing, type Listing, NOT_LISTED } from "./listing.ts";

const NOW = 1_000_000;
const listing = (change: Partial<Listing> = {}): Listing => ({ ...NOT_LISTED, ...change });
const problem = (kind: AwsProblem["kind"]): AwsProblem => ({ kind, operation: "ListSecrets", code: "Code" });

describe("a list pass", () => {
  it.each<[string, Listing, number, boolean]>([
    ["is not worth it for 10 secrets", listing(), 10, false],
    ["is worth it for 11 secrets, when the number of pages is not known", listing(), 11, true],
    ["is not worth it for as many secrets as pages", listing({ pages: 50 }), 50, false],
    ["is worth it for more secrets than pages", listing({ pages: 50 }), 51, true],
    ["is not worth it while lists are denied", listing({ deniedUntil: NOW + 1 }), 51, false],
    ["is worth it when they may be tried again", listing({ deniedUntil: NOW }), 51, true],
  ])("%s", (_name, before, secrets, expected) => {
    expect(isWorthListing(before, secrets, SETTINGS, NOW)).toBe(expected);
    expect(chooseListing(before, secrets, SETTINGS, NOW).isOn).toBe(expected);
  });

  it("that is complete shows the secrets, and tells the pages", () => {
    const after = afterPass(listing({ isOn: true }), { pages: 7 }, SETTINGS, NOW);
    expect(after).toEqual(listing({ isOn: true, isShowing: true, pages: 7 }));
  });

  it.each<[AwsProblem["kind"]]>([["denied"], ["invalid"]])(
    "that is %s is not tried again for 10 minutes",
    (kind) => {
      const before = listing({ isOn: true, isShowing: true, pages: 7 });
      const after = afterPass(before, { pages: 0, problem: problem(kind) }, SETTINGS, NOW);
      expect(after).toEqual({ ...before, isShowing: false, endedAt: NOW, deniedUntil: NOW + 600_000 });
      const again = afterPass(after, { pages: 0, problem: problem(kind) }, SETTINGS, NOW + 700_000);
      expect(again).toEqual({ ...after, deniedUntil: NOW + 1_300_000 });
    },
  );

  it("shows the secrets from its first page on", () => {
    const after = afterShown(listing({ isOn: true }));
    expect(after).toEqual(listing({ isOn: true, isShowing: true }));
    expect(afterShown(after)).toBe(after);
  });

  it("that is not answered is tried again", () => {
    const before = listing({ isOn: true, isShowing: true, pages: 7 });
    expect(afterPass(before, { pages: 0, problem: problem("unavailable") }, SETTINGS, NOW)).toBe(before);
  });
});

describe("a decision", () => {
  it("that changes nothing is the same value", () => {
    const [on, off] = [listing({ isOn: true }), listing({ endedAt: 5 })];
    expect(chooseListing(on, 11, SETTINGS, NOW)).toBe(on);
    expect(chooseListing(off, 3, SETTINGS, NOW)).toBe(off);
  });

  it("for lists does not take them for shown", () => {
    expect(chooseListing(listing({ endedAt: 5 }), 11, SETTINGS, NOW)).toEqual(
      listing({ isOn: true, endedAt: 5 }),
    );
  });

  it("against lists keeps the time from which they no longer show the secrets", () => {
    const showing = listing({ isOn: true, isShowing: true });
    expect(chooseListing(showing, 3, SETTINGS, NOW)).toEqual(listing({ endedAt: NOW }));
    expect(chooseListing(listing({ isOn: true, endedAt: 5 }), 3, SETTINGS, NOW)).toEqual(
      listing({ endedAt: 5 }),
    );
  });
});
