import { AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueEntry, RotationSetUp, SecretFacts } from "../../ports/secret-catalogue.ts";
import { currentVersion, haveSameLabels, versionWith } from "../../ports/staging-labels.ts";
import type { Answer } from "../calls/answer.ts";
import type { SecretSnapshot } from "../calls/secrets-manager-api.ts";

/** AWS: ListSecrets "might not reflect changes from the last five minutes". */
export const LIST_LAG_MS = 300_000;

/** The entry after a read at the source. A read that failed keeps the last facts and adds its problem. */
export function entryAfter(
  before: CatalogueEntry | undefined,
  answer: Answer<SecretSnapshot>,
  { askedAt, answeredAt }: { readonly askedAt: Instant; readonly answeredAt: Instant },
): CatalogueEntry {
  const facts = before?.secret;
  if (answer.kind === "problem")
    return facts === undefined ? { problem: answer.problem } : { secret: facts, problem: answer.problem };
  const sameCurrent =
    facts?.arn === answer.value.arn &&
    currentVersion(facts) === currentVersion(answer.value) &&
    currentVersion(facts) !== undefined;
  // AWS read the label between request and answer. These times give an interval that is not longer than the real one.
  const currentRead = sameCurrent
    ? { first: facts.currentRead.first, last: Math.max(facts.currentRead.last, askedAt) }
    : { first: answeredAt, last: answeredAt };
  return { secret: { ...answer.value, currentRead } };
}

/** The entry of a secret that a list shows, and that was never read at the source. */
export function entryOfList(snapshot: SecretSnapshot, at: Instant): CatalogueEntry {
  return { secret: { ...snapshot, currentRead: { first: at, last: at } } };
}

/**
 * Whether a list that shows this is a reason to read at the source. A list alone never changes an entry: it may be minutes
 * old, and then shows as current a version that has just become the previous one.
 */
export function callsForRefresh(known: CatalogueEntry, listed: SecretSnapshot, at: Instant): boolean {
  const facts = known.secret;
  if (facts === undefined) return known.problem?.kind === "notFound";
  if (facts.arn !== listed.arn) return true;
  const shown = currentVersion(listed);
  if (shown === currentVersion(facts)) return false;
  const isOldList = shown === versionWith(facts, AWSPREVIOUS) && at - facts.currentRead.first < LIST_LAG_MS;
  return !isOldList;
}

/** Whether two entries are the same to a decision: secret, staging labels, rotation set-up and problem. */
export function agree(a: CatalogueEntry | undefined, b: CatalogueEntry | undefined): boolean {
  return (
    (a === undefined) === (b === undefined) &&
    a?.problem?.kind === b?.problem?.kind &&
    a?.problem?.code === b?.problem?.code &&
    a?.secret?.arn === b?.secret?.arn &&
    sameRotation(a?.secret?.rotation, b?.secret?.rotation) &&
    sameLabels(a?.secret, b?.secret)
  );
}

function sameRotation(a: RotationSetUp | undefined, b: RotationSetUp | undefined): boolean {
  return a?.kind === b?.kind && detailOf(a) === detailOf(b);
}

function detailOf(rotation: RotationSetUp | undefined): string | undefined {
  if (rotation?.kind === "function") return rotation.functionArn;
  return rotation?.kind === "managed" ? rotation.owner : undefined;
}

function sameLabels(a: SecretFacts | undefined, b: SecretFacts | undefined): boolean {
  return a === undefined || b === undefined ? a === b : haveSameLabels(a, b);
}
