import type { VersionId } from "@rotated-secrets/contract/version-id";
import { type AwsProblem, describeProblem } from "../ports/aws-problem.ts";
import { type Instant, known } from "../ports/fact.ts";
import type { SecretFacts } from "../ports/secret-catalogue.ts";
import { caller, roleInWords } from "./caller.ts";
import { mapDocument } from "./document-mapping.ts";
import { identityWait } from "./identity-problem.ts";
import { ownTarget } from "./ownership.ts";
import { currentVersion } from "./staging.ts";
import { look, type Phase, type Step, type Wait, waitForPerson, waitUntil, waitWithAlarm } from "./step.ts";
import { writeTarget } from "./target-write.ts";
import { AWS_READ_LAG_MS, RECHECK_MS } from "./timing.ts";
import type { World } from "./world.ts";

/** How soon AWS is asked again after an answer that may lag; then after as long as that has lasted. */
const LAG_RETRY_MS = 1_000;

/** Brings the value that AWS calls current into the target Secret, whole, and keeps it there. */
export const sync: Phase = (world) => {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const current = currentVersion(secret);
  if (current === undefined) return noCurrentVersion(world, secret);
  const step =
    goingBack(world, secret, current) ?? readValue(world, secret, current) ?? carry(world, current);
  return step?.do === "applySecret" || step?.do === "removeKeys" ? (refused(world) ?? step) : step;
};

/** The API server does not let the Secret be written. */
function refused(world: World): Wait | undefined {
  const refusal = world.refusals.find(({ kind }) => kind === "Secret");
  if (refusal === undefined) return undefined;
  const { namespace } = world.resource.metadata;
  return waitForPerson(
    world.now + RECHECK_MS,
    {
      phase: "sync",
      reason: "WriteRefused",
      message:
        `the API server does not let the operator write Secret "${refusal.name}" (${refusal.why}), which stays as it is. Let it ` +
        `create and patch Secrets in namespace "${namespace}" (RBAC, admission webhooks, policies, quota); it is tried again by itself`,
    },
    "go on",
  );
}

/** Whether the target Secret carries what AWS calls current. */
export function isInSync(world: World): boolean {
  const secret = known(world.source)?.secret;
  const current = secret === undefined ? undefined : currentVersion(secret);
  return current !== undefined && ownTarget(world)?.versionId === current;
}

function noCurrentVersion(world: World, secret: SecretFacts): Step {
  return waitForPerson(
    world.now + RECHECK_MS,
    {
      phase: "sync",
      reason: "NoCurrentVersion",
      message:
        `no version of ${secret.name} has the staging label AWSCURRENT: give the secret a value ` +
        `(aws secretsmanager put-secret-value --secret-id ${secret.arn} ...)`,
    },
    "go on",
  );
}

/** AWS's reads are eventually consistent: going to an older version takes two reads of it, some seconds apart. */
function goingBack(world: World, secret: SecretFacts, current: VersionId): Step | undefined {
  const target = ownTarget(world);
  const held = target?.versionId;
  if (target === undefined || held === undefined || held === current) return undefined;
  const ages = known(world.ages);
  if (ages === undefined) return look("ages");
  if ("problem" in ages) return unread(world, ages.problem);
  const made = ages.get(current);
  // A version that AWS has forgotten counts as made when it was written here, which is later.
  const before = ages.get(held) ?? target.writes.at(-1)?.time ?? Infinity;
  if (made !== undefined && made > before) return undefined;
  return secret.currentRead.last - secret.currentRead.first >= AWS_READ_LAG_MS
    ? undefined
    : confirm(world, secret, current);
}

function confirm(world: World, secret: SecretFacts, current: VersionId): Step {
  const second = secret.currentRead.first + AWS_READ_LAG_MS;
  if (world.now >= second && world.source.kind !== "live") return look("source");
  return waitUntil(
    Math.max(second, afterLag(world, second)),
    {
      phase: "sync",
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
  if (world.value.kind !== "live") return look("value");
  if (reading?.kind === "problem") return unread(world, reading.problem);
  if (world.source.kind !== "live") return look("source");
  // One of the two is behind: the label that was named later, or the version that was made later.
  const since = Math.max(secret.currentRead.first, reading?.createdAt ?? 0);
  return waitUntil(
    afterLag(world, since),
    {
      phase: "sync",
      reason: "AwaitingConsistentRead",
      message: `AWS calls version ${current} of ${secret.name} current and still answers with the value of another: it is read again`,
    },
    "go on",
  );
}

function unread(world: World, problem: AwsProblem): Step {
  const unusable = identityWait(world, problem, "sync", "go on");
  if (unusable !== undefined) return unusable;
  const until = world.now + RECHECK_MS;
  const what = describeProblem(problem);
  if (problem.kind !== "denied") {
    const message = `AWS Secrets Manager did not answer for "${world.spec.secretId}": ${what}. The Secret stays as it is; it is tried again by itself`;
    return waitWithAlarm(until, { phase: "sync", reason: "AwsUnavailable", message }, "go on");
  }
  const message =
    `AWS refuses ${caller(world)} the value of "${world.spec.secretId}": ${what}. Allow ${roleInWords(world)} ` +
    "secretsmanager:GetSecretValue and secretsmanager:ListSecretVersionIds on it (and kms:Decrypt on its key, where it has one of its own)";
  return waitForPerson(until, { phase: "sync", reason: "AwsDenied", message }, "go on");
}

function carry(world: World, current: VersionId): Step | undefined {
  const reading = known(world.value);
  if (reading?.kind !== "value") return undefined;
  const mapped = mapDocument(reading.value);
  if (mapped.kind === "invalid") {
    const message =
      `version ${current} of "${world.spec.secretId}" cannot be a Secret: ${mapped.problem}. The Secret stays as it is: ` +
      "put a corrected value into the secret";
    return waitForPerson(
      world.now + RECHECK_MS,
      { phase: "sync", reason: "DocumentInvalid", message },
      "go on",
    );
  }
  return writeTarget(world, current, mapped.data);
}
