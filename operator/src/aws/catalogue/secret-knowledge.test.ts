import { describe, expect, it } from "vitest";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { answer, failure } from "../calls/answer.ts";
import { secret, version } from "../testing/secrets-manager.fixture.ts";
import { DEFAULT_CATALOGUE_SETTINGS as SETTINGS } from "./catalogue-settings.ts";
import type { Moment } from "./moment.ts";
import {
  afterAnswer,
  afterListed,
  afterNotListed,
  expecting,
  hinted,
  type SecretKnowledge,
  unknownSecret,
} from "./secret-knowledge.ts";

/** The wall clock is 1,000,000 ms ahead of the monotonic clock. */
const at = (monotonic: number, jitter = 0.5): Moment => ({ now: monotonic + 1_000_000, monotonic, jitter });
const wall = (monotonic: number) => at(monotonic).now;
const failed = (kind: AwsProblem["kind"]) => failure({ kind, operation: "DescribeSecret", code: "Code" });

const described = (before: SecretKnowledge, current: number, monotonic: number) =>
  afterAnswer(before, answer(secret("db", current)), wall(monotonic), at(monotonic), SETTINGS);
const refused = (before: SecretKnowledge, kind: AwsProblem["kind"], monotonic: number) =>
  afterAnswer(before, failed(kind), wall(monotonic), at(monotonic, 0.9), SETTINGS);

const unknown = unknownSecret(at(0, 0.1));
const known = described(unknown, 1, 10);

describe("an answer", () => {
  it("is confirmed, counts from its time, and draws another random number", () => {
    expect(known).toMatchObject({ since: 10, jitter: 0.5, isFirst: true, isConfirmed: true, failures: 0 });
    expect(described(known, 1, 20)).toMatchObject({ since: 20, isFirst: false });
  });

  it("that is a failure keeps the facts, and is counted while AWS does not answer", () => {
    const once = refused(known, "unavailable", 20);
    expect(once).toMatchObject({
      entry: { secret: { name: "db" }, problem: { kind: "unavailable" } },
      failures: 1,
    });
    const twice = refused(once, "unavailable", 30);
    expect(twice).toMatchObject({ since: 30, jitter: 0.9, failures: 2, isConfirmed: true });
    expect(refused(twice, "denied", 40).failures).toBe(0);
    expect(described(twice, 1, 40)).toMatchObject({ failures: 0, isFirst: true });
  });

  it("takes a hint away", () => {
    expect(described(hinted(known, 15), 1, 20).hintedAt).toBeUndefined();
    expect(refused(hinted(known, 15), "denied", 20).hintedAt).toBeUndefined();
  });
});

describe("a list", () => {
  it("that shows a secret for the first time is believed, but confirms nothing", () => {
    const listed = afterListed(unknown, secret("db", 1), wall(5), at(6));
    expect(listed).toMatchObject({ since: 6, isListed: true, isConfirmed: false, isFirst: true });
    expect(listed.entry?.secret?.currentRead).toEqual({ first: wall(5), last: wall(5) });
  });

  it("that shows what is known changes nothing", () => {
    const listed = afterListed(known, secret("db", 1), wall(20), at(21));
    expect(listed).toEqual({ ...known, isListed: true });
    expect(afterListed(listed, secret("db", 1), wall(30), at(31))).toBe(listed);
  });

  it("that shows another version is a hint, and one that does not show the secret is a hint once", () => {
    expect(afterListed(known, secret("db", 2, 1), wall(20), at(21))).toEqual({
      ...known,
      isListed: true,
      hintedAt: 21,
    });
    const missing = afterNotListed(known, 21);
    expect(missing).toEqual({ ...known, isListed: false, hintedAt: 21 });
    const after = described(missing, 1, 30);
    expect(afterNotListed(after, 40)).toBe(after);
  });

  it("keeps the time of the first hint", () => {
    expect(hinted(hinted(known, 20), 30).hintedAt).toBe(20);
  });
});

describe("an expected change", () => {
  const until = wall(60_000);
  const expected = expecting(known, until, at(100), SETTINGS);
  const waits = ({ expected: change }: SecretKnowledge) => change && [change.at, change.waitMs];

  it("is due after 1 s, and then each time 1.5 times later, up to 15 s", () => {
    expect(waits(expected)).toEqual([1_100, 1_000]);
    let now: SecretKnowledge = expected;
    const seen: number[] = [];
    for (let read = 0; read < 8; read += 1) {
      now = described(now, 1, now.expected?.at ?? 0);
      seen.push(now.expected?.waitMs ?? 0);
    }
    expect(seen).toEqual([1_500, 2_250, 3_375, 5_062.5, 7_593.75, 11_390.625, 15_000, 15_000]);
  });

  it.each([
    ["AWSCURRENT has moved", described(expected, 2, 500)],
    ["a read that was due comes after its end", described(expected, 1, 70_000)],
    ["a failed read that was due comes after its end", refused(expected, "denied", 70_000)],
  ])("ends when %s", (_name, after) => {
    expect(after.expected).toBeUndefined();
  });

  it.each([
    ["the version is the same", described(expected, 1, 500)],
    ["a read fails", refused(expected, "unavailable", 500)],
    ["it is expected again", expecting(expected, until - 1, at(500), SETTINGS)],
    ["a list shows another version", afterListed(expected, secret("db", 2), wall(500), at(500))],
  ])("keeps its pace when %s", (_name, after) => {
    expect(after.expected).toEqual(expected.expected);
  });

  it("goes on for longer when it is expected for longer", () => {
    expect(expecting(expected, until + 5, at(500), SETTINGS).expected).toEqual({
      ...expected.expected,
      until: until + 5,
    });
  });

  it("is not expected until a time that is over", () => {
    expect(expecting(known, wall(100), at(100), SETTINGS)).toBe(known);
  });

  it("is a change from the first version that a read at the source shows, not from one of a list", () => {
    const listed = afterListed(unknown, secret("db", 1), wall(5), at(6));
    const early = expecting(listed, until, at(10), SETTINGS);
    expect(early.expected?.from).toBeUndefined();
    const first = described(early, 2, 20);
    expect(first.expected?.from).toBe(version(2));
    expect(described(first, 2, 30).expected?.from).toBe(version(2));
    expect(described(first, 3, 30).expected).toBeUndefined();
  });
});
