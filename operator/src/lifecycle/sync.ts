import { FIELD_MANAGER, MANAGED_BY_VALUE } from "@rotated-secrets/contract/annotations";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import { type AwsProblem, describeProblem } from "../ports/aws-problem.ts";
import { type Instant, known } from "../ports/fact.ts";
import type { EventNote } from "../ports/reporting.ts";
import type { SecretFacts } from "../ports/secret-catalogue.ts";
import type { SecretData } from "../ports/secret-data.ts";
import { mapDocument } from "./document-mapping.ts";
import { driftFight } from "./drift-fight.ts";
import { isOwnUnmarked, ownTarget, type PresentSecret, SECRET_TYPE } from "./ownership.ts";
import { currentVersion } from "./staging.ts";
import { look, type Phase, type Step, type Wait, waitForPerson, waitUntil, waitWithAlarm } from "./step.ts";
import { AWS_READ_LAG_MS, RECHECK_MS } from "./timing.ts";
import type { World } from "./world.ts";
import {
  isAsAdopted,
  nextWrites,
  otherManagers,
  rememberedWrites,
  writesOfAdopted,
  writesOfNew,
} from "./writes.ts";

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
  const until = world.now + RECHECK_MS;
  const what = describeProblem(problem);
  if (problem.kind !== "denied") {
    const message = `AWS Secrets Manager did not answer for "${world.spec.secretId}": ${what}. The Secret stays as it is; it is tried again by itself`;
    return waitWithAlarm(until, { phase: "sync", reason: "AwsUnavailable", message }, "go on");
  }
  const message =
    `AWS refuses the operator the value of "${world.spec.secretId}": ${what}. Allow the operator's IAM role ` +
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
  const target = known(world.target);
  if (target?.kind !== "present") return create(world, current, mapped.data);
  const isOwn = target.ownerUid === world.resource.metadata.uid || isOwnUnmarked(world, target);
  if (!isOwn) return takeOver(world, target, current, mapped.data);
  return keep(world, target, current, mapped.data);
}

function create(world: World, versionId: VersionId, data: SecretData): Step {
  const notes = [
    normal("SecretCreated", `Secret "${world.spec.targetName}" was made with version ${versionId}`),
  ];
  const { status, metadata } = world.resource;
  const ofAllReaders =
    world.spec.workloads.kind === "Auto" && status.observedGeneration === metadata.generation;
  const writes = writesOfNew(versionId, world.now, { ...status, ofAllReaders });
  return { do: "applySecret", versionId, data, writes, over: undefined, notes };
}

/** Somebody else's Secret, with their consent; or one of a RotatedSecret that is gone, which remembers its writes. */
function takeOver(world: World, target: PresentSecret, versionId: VersionId, data: SecretData): Step {
  if (world.target.kind !== "live") return look("target");
  const isAdoption = target.ownerUid === undefined;
  const isSameVersion = isAdoption || target.versionId === versionId;
  const sameData = isSameVersion ? target.data.includes(data) : keepsData(target, data);
  const writes = isAdoption
    ? writesOfAdopted(versionId, world.now, sameData)
    : nextWrites(target, { versionId, now: world.now, sameData });
  const foreign = target.data.keysBeyond(data);
  const fate = sameData ? "they are kept until the data changes" : "they are removed";
  const notes = [
    normal(
      "SecretAdopted",
      `Secret "${world.spec.targetName}" was taken over with ${sameData ? "equal" : "different"} data, version ${versionId}`,
    ),
    ...(foreign.length === 0
      ? []
      : [
          warning(
            "ForeignKeys",
            `Secret "${world.spec.targetName}" has keys that are not in the AWS secret: ${managed(target, foreign)}; ${fate}`,
          ),
        ]),
  ];
  return { do: "applySecret", versionId, data, writes, over: target, notes };
}

/** Our own Secret: a new version, or data or marks that somebody else has changed. */
function keep(world: World, target: PresentSecret, versionId: VersionId, data: SecretData): Step | undefined {
  const isNew = target.versionId !== versionId;
  if (isNew && target.data.keysBeyond(data).length > 0 && world.target.kind !== "live") return look("target");
  const sameData = isNew ? keepsData(target, data) : target.data.includes(data);
  const fight = isNew || sameData ? undefined : driftFight(world, target);
  if (fight !== undefined) return world.target.kind === "live" ? fight : look("target");
  if (isNew || !sameData || !isMarked(target) || target.type !== SECRET_TYPE) {
    const isExpected = isNew && isMarked(target);
    if (!isExpected && world.target.kind !== "live") return look("target");
    const remembered = { ...target, writes: rememberedWrites(target, world.resource.status.settled) };
    const writes = nextWrites(remembered, { versionId, now: world.now, sameData });
    return {
      do: "applySecret",
      versionId,
      data,
      writes,
      over: target,
      notes: [written(world, target, versionId, sameData)],
    };
  }
  return removeForeignKeys(world, target, data);
}

/** Whether another version leaves the data as it is: a key that goes with it is a change too, unless it was somebody else's. */
function keepsData(target: PresentSecret, data: SecretData): boolean {
  const own = target.dataManagers?.filter(({ manager }) => manager === FIELD_MANAGER);
  const isOwn = (key: string) => own === undefined || own.some(({ keys }) => keys.includes(key));
  return target.data.includes(data) && !target.data.keysBeyond(data).some(isOwn);
}

/** Whether the label and the annotations are there that every Secret of the operator has. */
function isMarked({ managedBy, ownerUid, versionId, writes }: PresentSecret): boolean {
  return (
    managedBy === MANAGED_BY_VALUE && ownerUid !== undefined && versionId !== undefined && writes.length > 0
  );
}

function written(world: World, target: PresentSecret, versionId: VersionId, sameData: boolean): EventNote {
  const secret = `Secret "${world.spec.targetName}"`;
  if (sameData && !isMarked(target))
    return warning("DriftCorrected", `${secret} had lost its label or annotations, which are there again`);
  if (target.versionId !== versionId)
    return normal("SecretSynced", `${secret} now carries version ${versionId}`);
  const others = otherManagers(target)
    .map(({ manager }) => `"${manager}"`)
    .join(", ");
  return warning(
    "DriftCorrected",
    `${secret} had been changed by ${others || "somebody else"} and carries version ${versionId} again`,
  );
}

function removeForeignKeys(world: World, target: PresentSecret, data: SecretData): Step | undefined {
  const keys = target.data.keysBeyond(data);
  if (keys.length === 0 || isAsAdopted(target)) return undefined;
  if (world.target.kind !== "live") return look("target");
  const message = `keys that are not in the AWS secret were removed from Secret "${world.spec.targetName}": ${managed(target, keys)}`;
  return { do: "removeKeys", keys, over: target, notes: [warning("ForeignKeysRemoved", message)] };
}

function managed(target: PresentSecret, keys: readonly string[]): string {
  return keys
    .map((key) => {
      const manager = target.dataManagers?.find((candidate) => candidate.keys.includes(key))?.manager;
      return manager === undefined ? `"${key}"` : `"${key}" (written by ${manager})`;
    })
    .join(", ");
}

function normal(reason: string, message: string): EventNote {
  return { type: "Normal", reason, message };
}

function warning(reason: string, message: string): EventNote {
  return { type: "Warning", reason, message };
}
