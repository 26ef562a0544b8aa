import type { VersionId } from "@rotated-secrets/contract/version-id";
import { type Mapped, mapDocument } from "../../document/document-mapping.ts";
import { type AwsProblem, describeProblem } from "../../ports/aws-problem.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
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
import { ownTarget } from "./ownership.ts";
import { pinnedMissing, wantedVersion } from "./pinning.ts";
import { writeTarget } from "./target-write.ts";

/** How soon AWS is asked again after an answer that may lag; then after as long as that has lasted. */
const LAG_RETRY_MS = 1_000;

/** Brings the value that AWS calls current, or of the pinned version, into the target Secret, whole, and keeps it there. */
export const sync: Phase = { name: "sync", decide: next };

function next(world: World): Step | undefined {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const wanted = wantedVersion(world);
  if (wanted === undefined) return noCurrentVersion(world, secret);
  const step = goingBack(world, secret, wanted) ?? readValue(world, secret, wanted) ?? carry(world, wanted);
  return step?.do === "applySecret" || step?.do === "removeKeys" ? (refused(world) ?? step) : step;
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
        `create and patch Secrets in namespace "${namespace}" (RBAC, admission webhooks, policies, quota); it is tried again by itself`,
    },
    "go on",
  );
}

/** Whether the target Secret carries what it is to carry, as the spec makes it: what AWS calls current, or the pinned version. */
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
 * AWS's reads are eventually consistent: going to an older version takes two reads of it, some seconds apart. A pinned
 * version is not read from AWS but written by a person.
 */
function goingBack(world: World, secret: SecretFacts, current: VersionId): Step | undefined {
  const target = known(world.target);
  if (world.spec.pin !== undefined || target?.kind !== "present") return undefined;
  // Also where it is yet to be taken over, from a RotatedSecret that is gone.
  const held = target.versionId;
  if (held === undefined || held === current) return undefined;
  const ages = known(world.versionCreatedAt);
  if (ages === undefined) return refresh("versionCreatedAt");
  if ("problem" in ages) return unread(world, secret, ages.problem);
  const made = ages.get(current);
  // A version that AWS has forgotten counts as made when it was written here, which is later.
  const before = ages.get(held) ?? target.dataHistory.at(-1)?.time ?? Infinity;
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
      message: `AWS calls version ${current} current, which is older than the one in the Secret: it is read once more before it is believed`,
    },
    "go on",
  );
}

/** When to ask again after what has lasted since then: soon, and less and less often. */
function afterLag({ now }: World, since: Instant): Instant {
  return now + Math.min(Math.max(now - since, LAG_RETRY_MS), RECHECK_MS);
}

/** The value of the version that is wanted; AWS may answer with an older one, or with one that the catalogue does not know. */
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
  // One of the two is behind: the label that was named later, or the version that was made later.
  const since = Math.max(secret.currentRead.first, reading?.createdAt ?? 0);
  return waitUntil(
    afterLag(world, since),
    {
      reason: "AwaitingConsistentRead",
      message: `AWS calls version ${current} of ${secret.name} current and still answers with the value of another: it is read again`,
    },
    "go on",
  );
}

function unread(world: World, secret: SecretFacts, problem: AwsProblem): Step {
  const unusable = identityWait(world, problem, "go on");
  if (unusable !== undefined) return unusable;
  const what = describeProblem(problem);
  if (problem.kind !== "denied") {
    // A version that was named just now is waited for by its readers; an outage that lasts is not made worse.
    const until = afterLag(world, secret.currentRead.first);
    const message = `AWS Secrets Manager did not answer for "${world.spec.secretId}": ${what}. The Secret stays as it is; it is tried again by itself`;
    return waitWithAlarm(until, { reason: "AwsUnavailable", message }, "go on");
  }
  const message =
    `AWS refuses ${caller(world)} the value of "${world.spec.secretId}": ${what}. Allow ${roleInWords(world)} ` +
    "secretsmanager:GetSecretValue and secretsmanager:ListSecretVersionIds on it (and kms:Decrypt on its key, where it has one of its own)";
  return waitForPerson(world.now + RECHECK_MS, { reason: "AwsDenied", message }, "go on");
}

function carry(world: World, current: VersionId): Step | undefined {
  const reading = known(world.value);
  if (reading?.kind !== "value") return undefined;
  const mapped = mapDocument(reading.value, world.spec.target);
  return mapped.kind === "invalid"
    ? unmappable(world, current, mapped)
    : writeTarget(world, ownContent(current, world.spec.target.specHash), mapped.data);
}

/** The last good data stays, whoever has to correct what: the document, the spec or both. */
function unmappable(
  world: World,
  current: VersionId,
  { reason, problem }: Extract<Mapped, { kind: "invalid" }>,
): Wait {
  const document = `version ${current} of "${world.spec.secretId}"`;
  const { type } = world.spec.target;
  const [what, remedy] = {
    DocumentInvalid: [`${document} cannot be a Secret`, "put a corrected value into the secret"],
    TemplateInvalid: [
      `${document} does not fill in the template`,
      "correct the template, or put a corrected value into the secret",
    ],
    TypeRequiresKeys: [
      `${document} cannot be a Secret of type ${type}`,
      "rename a member to the key (spec.target.keys.rename), make the key by spec.target.template, or put a corrected value into the secret",
    ],
  }[reason];
  const message = `${what}: ${problem}. The Secret stays as it is: ${remedy}`;
  return waitForPerson(world.now + RECHECK_MS, { reason, message }, "go on");
}
