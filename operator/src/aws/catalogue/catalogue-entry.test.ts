import { describe, expect, it } from "vitest";
import type { CatalogueEntry } from "../../ports/secret-catalogue.ts";
import { arnOf, secret, version } from "../testing/secrets-manager.fixture.ts";
import { agree, callsForRefresh, entryAfter, entryOfList, LIST_LAG_MS } from "./catalogue-entry.ts";

const at = { askedAt: 1_000, answeredAt: 1_200 };
const denied = { kind: "denied", operation: "DescribeSecret", code: "AccessDeniedException" } as const;

describe("after a read at the source", () => {
  it.each([
    ["the first one counts from its answer", undefined, secret("db", 1), { first: 1_200, last: 1_200 }],
    [
      "the same version after a list goes on",
      entryOfList(secret("db", 1), 500),
      secret("db", 1),
      { first: 500, last: 1_000 },
    ],
    [
      "another version starts again",
      entryOfList(secret("db", 1), 500),
      secret("db", 2, 1),
      { first: 1_200, last: 1_200 },
    ],
    [
      "another secret of the same name starts again",
      { secret: { ...secret("db", 1), arn: arnOf("other"), currentRead: { first: 1, last: 1 } } },
      secret("db", 1),
      { first: 1_200, last: 1_200 },
    ],
  ] as const)("%s", (_name, before: CatalogueEntry | undefined, value, currentRead) => {
    expect(entryAfter(before, { kind: "answer", value }, at).secret?.currentRead).toEqual(currentRead);
  });

  it("a problem leaves the facts, and an answer takes the problem away", () => {
    const before = entryOfList(secret("db", 1), 500);
    const troubled = entryAfter(before, { kind: "problem", problem: denied }, at);
    expect(troubled).toEqual({ ...before, problem: denied });
    expect(entryAfter(troubled, { kind: "answer", value: secret("db", 1) }, at).problem).toBeUndefined();
    expect(entryAfter(undefined, { kind: "problem", problem: denied }, at)).toEqual({ problem: denied });
  });
});

describe("a list calls for a refresh", () => {
  const known: CatalogueEntry = {
    secret: { ...secret("db", 2, 1), currentRead: { first: 10_000, last: 10_000 } },
  };
  it.each([
    ["not when it shows what is known", known, secret("db", 2, 1), 20_000, false],
    ["when it shows another current version", known, secret("db", 3, 2), 20_000, true],
    ["not when it may still show the version before", known, secret("db", 1), 20_000, false],
    ["when it shows the version before for too long", known, secret("db", 1), 10_000 + LIST_LAG_MS, true],
    [
      "when the name has become another secret's",
      known,
      { ...secret("db", 2, 1), arn: arnOf("new") },
      20_000,
      true,
    ],
    [
      "when the secret was not found before",
      { problem: { ...denied, kind: "notFound" } },
      secret("db", 1),
      1,
      true,
    ],
    ["not when it may not be described", { problem: denied }, secret("db", 1), 1, false],
  ] as const)("%s", (_name, entry: CatalogueEntry, listed, now, expected) => {
    expect(callsForRefresh(entry, listed, now)).toBe(expected);
  });
});

it.each([
  ["later reads of the same", { currentRead: { first: 1, last: 9 } }, true],
  ["another end of the last rotation", { lastRotatedAt: 7 }, true],
  ["a label more", { stages: new Map([[version(1), ["AWSCURRENT", "AWSPENDING"]]]) }, false],
  ["another version", { stages: new Map([[version(2), ["AWSCURRENT"]]]) }, false],
  ["rotation set up", { rotation: { kind: "function", functionArn: "arn:f" } }, false],
  ["another secret", { arn: arnOf("other") }, false],
] as const)("%s: agrees %s", (_name, change, expected) => {
  const { secret: facts } = entryOfList(secret("db", 1), 1);
  expect(
    agree({ ...(facts && { secret: facts }) }, { ...(facts && { secret: { ...facts, ...change } }) }),
  ).toBe(expected);
});
