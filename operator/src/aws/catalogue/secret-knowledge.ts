import { AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueEntry, RotationSetUp, SecretFacts } from "../../ports/secret-catalogue.ts";
import { currentVersion, haveSameLabels, versionWith } from "../../ports/staging-labels.ts";
import type { Answer } from "../calls/answer.ts";
import type { SecretSnapshot } from "../calls/secrets-manager-api.ts";

/** AWS: ListSecrets "might not reflect changes from the last five minutes". */
export const LIST_LAG_MS = 300_000;

/** What is known after a read at the source. A refused one leaves the last facts, with the problem beside them. */
export function afterLook(
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
  // AWS read it some time between request and answer: taken so that the two reads lie at least as far apart as it says.
  const currentRead = sameCurrent
    ? { first: facts.currentRead.first, last: Math.max(facts.currentRead.last, askedAt) }
    : { first: answeredAt, last: answeredAt };
  return { secret: { ...answer.value, currentRead } };
}

/** What is known of a secret that was never read at the source, after a list showed it. */
export function afterFirstList(snapshot: SecretSnapshot, at: Instant): CatalogueEntry {
  return { secret: { ...snapshot, currentRead: { first: at, last: at } } };
}

/**
 * Whether what a list shows is reason to look at the source. A list alone changes nothing that is known: it may be
 * minutes old, and then shows as current what has just become the previous version.
 */
export function callsForLook(known: CatalogueEntry, listed: SecretSnapshot, at: Instant): boolean {
  const facts = known.secret;
  if (facts === undefined) return known.problem?.kind === "notFound";
  if (facts.arn !== listed.arn) return true;
  const shown = currentVersion(listed);
  if (shown === currentVersion(facts)) return false;
  const isOldList = shown === versionWith(facts, AWSPREVIOUS) && at - facts.currentRead.first < LIST_LAG_MS;
  return !isOldList;
}

/** Whether two entries agree in all that a decision rests on: secret, stages, rotation set-up, problem. */
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
