import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueEntry } from "../../ports/secret-catalogue.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import type { Answer } from "../calls/answer.ts";
import type { SecretSnapshot } from "../calls/secrets-manager-api.ts";
import { callsForRefresh, entryAfter, entryOfList } from "./catalogue-entry.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";
import type { Moment } from "./moment.ts";

/** The knowledge of one followed secret. Its next refresh depends on it. Times are by the monotonic clock, in ms. */
export interface SecretKnowledge {
  /** Facts and problem; undefined before the first answer. */
  readonly entry: CatalogueEntry | undefined;
  /** When `entry` was learned. Before that, when the secret was followed. */
  readonly since: number;
  /** The random number that was drawn at `since`. */
  readonly jitter: number;
  /** These are the first facts, or the first after a problem. */
  readonly isFirst: boolean;
  /** A read at the source has shown the facts. Otherwise they are from a list. */
  readonly isConfirmed: boolean;
  /** Whether the last list pass that looked for the secret showed it; undefined before the first. */
  readonly isListed: boolean | undefined;
  /** Reads in a row that AWS did not answer. */
  readonly failures: number;
  /** When something has called for a refresh at once. */
  readonly hintedAt: number | undefined;
  readonly expected: ExpectedChange | undefined;
}

/** The secret is refreshed often, as its AWSCURRENT is about to move. */
export interface ExpectedChange {
  /** The AWSCURRENT that is to change; undefined until a read at the source has shown one. */
  readonly from: VersionId | undefined;
  /** By the wall clock. */
  readonly until: Instant;
  /** When the next refresh is due, by the monotonic clock, and how long it waits for it, in ms. */
  readonly at: number;
  readonly waitMs: number;
}

/** Knowledge with an entry. */
export type KnownSecret = SecretKnowledge & { readonly entry: CatalogueEntry };

/** Each wait for an expected change is this many times longer than the one before. */
const GROWTH = 1.5;

/** Nothing is known yet of a secret that is followed from now on. */
export function unknownSecret({ monotonic, jitter }: Moment): SecretKnowledge {
  return {
    entry: undefined,
    since: monotonic,
    jitter,
    isFirst: true,
    isConfirmed: false,
    isListed: undefined,
    failures: 0,
    hintedAt: undefined,
    expected: undefined,
  };
}

/** After a read at the source that was sent at `askedAt` (wall clock) and has ended at `moment`. */
export function afterAnswer(
  before: SecretKnowledge,
  answer: Answer<SecretSnapshot>,
  askedAt: Instant,
  moment: Moment,
  settings: CatalogueSettings,
): KnownSecret {
  const entry = entryAfter(before.entry, answer, { askedAt, answeredAt: moment.now });
  const isUnanswered = answer.kind === "problem" && answer.problem.kind === "unavailable";
  const expected =
    answer.kind === "answer" ? afterShown(before.expected, currentVersion(answer.value)) : before.expected;
  return {
    ...learned(before, entry, moment),
    isConfirmed: before.isConfirmed || answer.kind === "answer",
    failures: isUnanswered ? before.failures + 1 : 0,
    expected: afterWait(expected, moment, settings),
  };
}

/** A list that was asked for at `listedAt` (wall clock) shows the secret. Returns the same object where nothing changes. */
export function afterListed(
  before: SecretKnowledge,
  snapshot: SecretSnapshot,
  listedAt: Instant,
  moment: Moment,
): SecretKnowledge {
  if (before.entry === undefined)
    return { ...learned(before, entryOfList(snapshot, listedAt), moment), isListed: true };
  const known = before.isListed ? before : { ...before, isListed: true };
  return callsForRefresh(before.entry, snapshot, listedAt) ? hinted(known, moment.monotonic) : known;
}

/** A whole list does not show the secret: deleted, of another account, named by a part of its ARN, or it never existed. */
export function afterNotListed(before: SecretKnowledge, monotonic: number): SecretKnowledge {
  return before.isListed === false ? before : hinted({ ...before, isListed: false }, monotonic);
}

/** Something calls for a refresh at once. */
export function hinted(before: SecretKnowledge, monotonic: number): SecretKnowledge {
  return before.hintedAt === undefined ? { ...before, hintedAt: monotonic } : before;
}

/** AWSCURRENT is expected to move before `until`. A change that is expected already goes on at its pace, for longer if need be. */
export function expecting(
  before: SecretKnowledge,
  until: Instant,
  { now, monotonic }: Moment,
  { expectFirstMs: waitMs }: CatalogueSettings,
): SecretKnowledge {
  const { expected, entry, isConfirmed } = before;
  if (expected !== undefined)
    return { ...before, expected: { ...expected, until: Math.max(expected.until, until) } };
  if (now >= until) return before;
  const from = isConfirmed && entry?.secret ? currentVersion(entry.secret) : undefined;
  return { ...before, expected: { from, until, at: monotonic + waitMs, waitMs } };
}

function learned(before: SecretKnowledge, entry: CatalogueEntry, { monotonic, jitter }: Moment): KnownSecret {
  const isFirst = before.entry?.secret === undefined || before.entry.problem !== undefined;
  return { ...before, entry, isFirst, since: monotonic, jitter, hintedAt: undefined };
}

/** A read at the source has shown this AWSCURRENT: the change is no longer expected when it has moved. */
function afterShown(
  expected: ExpectedChange | undefined,
  current: VersionId | undefined,
): ExpectedChange | undefined {
  if (expected === undefined) return undefined;
  const from = expected.from ?? current;
  return current === from ? { ...expected, from } : undefined;
}

/** After a read: the next wait, if this one is over. A read for another reason does not change the pace. */
function afterWait(
  expected: ExpectedChange | undefined,
  { now, monotonic }: Moment,
  { expectLastMs }: CatalogueSettings,
): ExpectedChange | undefined {
  if (expected === undefined || monotonic < expected.at) return expected;
  if (now >= expected.until) return undefined;
  const waitMs = Math.min(expectLastMs, expected.waitMs * GROWTH);
  return { ...expected, at: monotonic + waitMs, waitMs };
}
