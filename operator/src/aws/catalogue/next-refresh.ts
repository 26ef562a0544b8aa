import { type AwsHealth, whenOpen } from "./aws-health.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";
import { fullJitter } from "./full-jitter.ts";
import type { Listing } from "./listing.ts";
import type { SecretKnowledge } from "./secret-knowledge.ts";

/**
 * Why a secret is refreshed.
 *
 * - `Unknown`: nothing is known of it, and the list pass that is to show it has not ended.
 * - `Hint`: a list contradicts what is known or does not show it, or another secret's read failed.
 * - `Expected`: its AWSCURRENT is about to move.
 * - `Interval`: its facts have become old.
 * - `Refused`: AWS refused the last read.
 * - `Unanswered`: AWS did not answer the last read.
 */
export type RefreshReason = "Unknown" | "Hint" | "Expected" | "Interval" | "Refused" | "Unanswered";

/** When a secret is refreshed next, if nothing new is learned of it before. */
export interface NextRefresh {
  /** By the monotonic clock, in ms. */
  readonly at: number;
  readonly why: RefreshReason;
  /** It does not wait for one of the slots of refreshes in the background. */
  readonly isUrgent: boolean;
}

/** The common state of all secrets of one scope. */
export interface ScopeState {
  readonly listing: Listing;
  readonly health: AwsHealth;
}

/** The first interval is this share of an interval longer: no secret is described while the values of all are being read. */
const LATER_SHARE = 0.2;

/**
 * When this secret is refreshed next, and why. Every secret has a next refresh, whatever is known of it. Refreshes of many
 * secrets are spread by the random number of each.
 */
export function nextRefresh(
  knowledge: SecretKnowledge,
  { listing, health }: ScopeState,
  settings: CatalogueSettings,
): NextRefresh {
  const { expected, jitter } = knowledge;
  const { at, why } = regularRefresh(knowledge, listing, settings);
  const open = whenOpen(at, health.away, jitter);
  return expected !== undefined && expected.at <= open
    ? { at: expected.at, why: "Expected", isUrgent: true }
    : { at: open, why, isUrgent: expected !== undefined };
}

function regularRefresh(
  knowledge: SecretKnowledge,
  listing: Listing,
  settings: CatalogueSettings,
): Pick<NextRefresh, "at" | "why"> {
  const { entry, hintedAt, since, jitter, failures } = knowledge;
  const { describeEveryMs, describeUnlistedEveryMs } = settings;
  if (hintedAt !== undefined) return { at: hintedAt, why: "Hint" };
  if (entry === undefined) return { at: since + describeEveryMs * (1 + jitter), why: "Unknown" };
  if (entry.problem?.kind === "unavailable")
    return { at: since + fullJitter(jitter, failures), why: "Unanswered" };
  const interval = intervalOf(knowledge, listing, settings);
  if (entry.problem === undefined)
    return { at: afterInterval(knowledge, listing, settings), why: "Interval" };
  return { at: since + Math.min(interval, describeUnlistedEveryMs) * (0.75 + jitter / 2), why: "Refused" };
}

/**
 * When lists have ended, the intervals become shorter. Secrets that have been waiting are then spread over one interval,
 * and none waits longer than it would have with lists.
 */
function afterInterval(knowledge: SecretKnowledge, listing: Listing, settings: CatalogueSettings): number {
  const { since, jitter, isFirst, isListed } = knowledge;
  const share = isFirst ? LATER_SHARE + jitter : 0.95 + jitter / 10;
  const interval = intervalOf(knowledge, listing, settings);
  const at = since + interval * share;
  if (listing.isShowing || isListed === false || since >= listing.endedAt) return at;
  const spread = Math.max(at, listing.endedAt + interval * jitter);
  return Math.min(spread, since + Math.max(interval, settings.describeEveryMs) * share);
}

function intervalOf(
  { isListed }: SecretKnowledge,
  { isShowing }: Listing,
  { describeEveryMs, describeUnlistedEveryMs }: CatalogueSettings,
): number {
  return isShowing && isListed !== false ? describeEveryMs : describeUnlistedEveryMs;
}
