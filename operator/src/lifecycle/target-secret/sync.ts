import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import { type Invalid, mapDocument } from "../../document/document-mapping.ts";
import type { HeldKeys } from "../../document/lost-form.ts";
import { type AwsProblem, describeProblem } from "../../ports/aws-problem.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { caller, roleInWords } from "../access/caller.ts";
import { identityWait } from "../access/identity-problem.ts";
import {
  type Phase,
  refresh,
  type Step,
  type Wait,
  waitForPerson,
  waitUntil,
  waitWithAlarm,
} from "../step.ts";
import { AWS_READ_LAG_MS, RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { carriesContent, ownContent } from "./data-history.ts";
import { remedyText } from "./document-remedies.ts";
import { keyInUse, removableKeys } from "./key-removal.ts";
import { ownTarget } from "./ownership.ts";
import { pinnedMissing, wantedVersion } from "./pinning.ts";
import { writeTarget } from "./target-write.ts";

/** The first delay before AWS is asked again after an answer that may lag. Later delays equal the time since then. */
const LAG_RETRY_MS = 1_000;

/** Writes the value of AWSCURRENT, or of the pinned version, into the target Secret, and corrects changes by others. */
export const sync: Phase = { name: "sync", decide: next };

function next(world: World): Step | undefined {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const wanted = wantedVersion(world);
  if (wanted === undefined) return noCurrentVersion(world, secret);
  const step = goingBack(world, secret, wanted) ?? readValue(world, secret, wanted) ?? carry(world, wanted);
  if (step?.do !== "applySecret" && step?.do !== "removeKeys") return step;
  return refused(world) ?? keyInUse(world, step) ?? step;
}

/** The API server does not let the Secret be written. */
function refused(world: World): Wait | undefined {
  const refusal = world.refusals.find(({ kind }) => kind === "Secret");
  if (refusal === undefined) return undefined;
  const { namespace } = world.resource.metadata;
  return waitForPerson(
    world.now + RECHECK_MS,
    {
      reason: "WriteRefused",
      message:
        `the API server does not let the operator write Secret "${refusal.name}" (${refusal.why}), which stays as it is. Let it ` +
        `create and patch Secrets in namespace "${namespace}" (RBAC, admission webhooks, policies, quota). The operator tries again`,
    },
    "go on",
  );
}

/** Whether the target Secret carries the wanted version, shaped as the spec asks. */
export function isInSync(world: World): boolean {
  const wanted = wantedVersion(world);
  const target = ownTarget(world);
  if (wanted === undefined || target === undefined) return false;
  return carriesContent(target, ownContent(wanted, world.spec.target.specHash));
}

function noCurrentVersion(world: World, secret: SecretFacts): Step {
  return waitForPerson(
    world.now + RECHECK_MS,
    {
      reason: "NoCurrentVersion",
      message:
        `no version of ${secret.name} has the staging label AWSCURRENT: give the secret a value ` +
        `(aws secretsmanager put-secret-value --secret-id ${secret.arn} ...)`,
    },
    "go on",
  );
}

/**
 * AWS's reads are eventually consistent: the Secret goes to an older version only after two reads, some seconds apart. A
 * pinned version needs no confirmation, because a person wrote it.
 */
function goingBack(world: World, secret: SecretFacts, current: VersionId): Step | undefined {
  const target = known(world.target);
  if (world.spec.pin !== undefined || target?.kind !== "present") return undefined;
  // This also holds for a Secret of a deleted RotatedSecret that is about to be taken over.
  const held = target.versionId;
  if (held === undefined || held === current) return undefined;
  const created = known(world.versionCreatedAt);
  if (created === undefined) return refresh("versionCreatedAt");
  if ("problem" in created) return unread(world, secret, created.problem);
  const made = created.get(current);
  // For a version that AWS has forgotten, the time of its write counts, which is later than its creation.
  const before = created.get(held) ?? target.dataHistory.at(-1)?.time ?? Infinity;
  if (made !== undefined && made > before) return undefined;
  return secret.currentRead.last - secret.currentRead.first >= AWS_READ_LAG_MS
    ? undefined
    : confirm(world, secret, current);
}

function confirm(world: World, secret: SecretFacts, current: VersionId): Step {
  const second = secret.currentRead.first + AWS_READ_LAG_MS;
  if (world.now >= second && world.source.kind !== "live") return refresh("source");
  return waitUntil(
    Math.max(second, afterLag(world, second)),
    {
      reason: "ConfirmingOlderVersion",
      message: `AWSCURRENT is on version ${current}, which is older than the version in the Secret: it is read once more before the Secret follows`,
    },
    "go on",
  );
}

/** When to ask again about a situation that began at `since`: soon at first, then less and less often. */
function afterLag({ now }: World, since: Instant): Instant {
  return now + Math.min(Math.max(now - since, LAG_RETRY_MS), RECHECK_MS);
}

/** Reads the value of the wanted version. AWS may return an older value, or one that the catalogue does not know yet. */
function readValue(world: World, secret: SecretFacts, current: VersionId): Step | undefined {
  const reading = known(world.value);
  const isWanted = reading?.kind === "value" && reading.versionId === current;
  if (isWanted) return undefined;
  if (world.value.kind !== "live") return refresh("value");
  if (reading?.kind === "problem") {
    const { problem } = reading;
    const isMissing = world.spec.pin !== undefined && problem.kind === "notFound";
    return isMissing ? pinnedMissing(world, describeProblem(problem)) : unread(world, secret, problem);
  }
  if (world.source.kind !== "live") return refresh("source");
  // One of the two is behind: count from the later of the label and the value.
  const since = Math.max(secret.currentRead.first, reading?.createdAt ?? 0);
  return waitUntil(
    afterLag(world, since),
    {
      reason: "AwaitingConsistentRead",
      message: `AWSCURRENT of ${secret.name} is on version ${current}, but AWS still returns the value of another version: it is read again`,
    },
    "go on",
  );
}

function unread(world: World, secret: SecretFacts, problem: AwsProblem): Step {
  const unusable = identityWait(world, problem, "go on");
  if (unusable !== undefined) return unusable;
  const what = describeProblem(problem);
  if (problem.kind !== "denied") {
    // Retry soon for a version that is new, and less and less often in an outage that lasts.
    const until = afterLag(world, secret.currentRead.first);
    const message = `AWS Secrets Manager did not answer for "${world.spec.secretId}": ${what}. The Secret stays as it is, and the operator tries again`;
    return waitWithAlarm(until, { reason: "AwsUnavailable", message }, "go on");
  }
  const message =
    `AWS refuses ${caller(world)} the value of "${world.spec.secretId}": ${what}. Allow ${roleInWords(world)} ` +
    "secretsmanager:GetSecretValue and secretsmanager:ListSecretVersionIds on it (and kms:Decrypt, if the secret has a KMS key of its own)";
  return waitForPerson(world.now + RECHECK_MS, { reason: "AwsDenied", message }, "go on");
}

function carry(world: World, current: VersionId): Step | undefined {
  const reading = known(world.value);
  if (reading?.kind !== "value") return undefined;
  const mapped = mapDocument(reading.value, world.spec.target, heldKeys(world));
  // In a merged Secret, only a live reading shows which keys are the operator's.
  const isUnread = world.spec.target.mode === "Merge" && world.target.kind === "cached";
  if (mapped.kind === "invalid" && mapped.remedy?.kind === "form" && isUnread) return refresh("target");
  return mapped.kind === "invalid"
    ? unmappable(world, current, mapped)
    : writeTarget(world, ownContent(current, world.spec.target.specHash), mapped);
}

/** The keys in the Secret from an earlier document, also of a deleted RotatedSecret; undefined if it was not written yet. */
function heldKeys(world: World): HeldKeys | undefined {
  const target = known(world.target);
  if (target?.kind !== "present" || target.versionId === undefined) return undefined;
  const keys = world.spec.target.mode === "Merge" ? keysOfOperator(target) : target.data.keys;
  return { form: target.documentForm, keys, removable: removableKeys(world) };
}

/** The keys that the operator has written; none if that is not known. */
function keysOfOperator({ dataManagers = [] }: PresentSecret): readonly string[] {
  return dataManagers.filter(({ manager }) => manager === FIELD_MANAGER).flatMap(({ keys }) => keys);
}

/** The last good data stays, whether the document or the spec has to be corrected. */
function unmappable(world: World, current: VersionId, { reason, problem, remedy }: Invalid): Wait {
  const document = `version ${current} of "${world.spec.secretId}"`;
  const { type } = world.spec.target;
  const [what, correction] = {
    DocumentInvalid: [`${document} cannot be a Secret`, "put a corrected value into the secret"],
    TemplateInvalid: [
      `${document} does not fill in the template`,
      "correct the template, or put a corrected value into the secret",
    ],
    TypeRequiresKeys: [
      `${document} cannot be a Secret of type ${type}`,
      "rename a field to the key (spec.target.keys.rename), create the key by spec.target.template, or put a corrected value into the secret",
    ],
  }[reason];
  const next = remedy === undefined ? correction : remedyText(world, remedy);
  const message = `${what}: ${problem}. The Secret stays as it is: ${next}`;
  return waitForPerson(world.now + RECHECK_MS, { reason, message }, "go on");
}
