import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { requestToken, scheduleToken } from "@rotated-secrets/contract/rotation-token";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../api/rotated-secret.ts";
import { MAX_REQUEST_TEXT } from "../api/rotated-secret-status.ts";
import { describeProblem } from "../ports/aws-problem.ts";
import { type Instant, known } from "../ports/fact.ts";
import type { SecretFacts } from "../ports/secret-catalogue.ts";
import { isGranted } from "./grants.ts";
import { currentMadeAt, lastTick } from "./schedule.ts";
import { currentVersion, pendingVersion } from "./staging.ts";
import { look, type Phase, type Step, type Wait, waitForPerson, waitUntil } from "./step.ts";
import { isInSync } from "./sync.ts";
import { AWS_READ_LAG_MS, RECHECK_MS, ROTATE_RETRY_MAX_MS, ROTATE_RETRY_MS } from "./timing.ts";
import type { World } from "./world.ts";

/** Starts a rotation when one is due and everything before is at rest; follows one that is under way, whoever began it. */
export const rotation: Phase = (world) => {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const underway = world.resource.status.rotation;
  if (underway !== undefined) return follow(world, secret, underway);
  const pending = pendingVersion(secret);
  if (pending !== undefined) return adopt(world, pending);
  return begin(world, secret);
};

/**
 * How a rotation under way has ended; undefined while it has not, or while that cannot be told. `Vanished` is one of
 * somebody else's whose version AWS does not have any more: a trial, as RotateSecret makes with RotateImmediately=false.
 */
export function outcomeOf(
  world: World,
  underway: RotationStatus,
): "Succeeded" | "Failed" | "Vanished" | undefined {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const token = parseVersionId(underway.token);
  const labels = secret.stages.get(token) ?? [];
  if (currentVersion(secret) === token || labels.includes(AWSPREVIOUS)) return "Succeeded";
  if (labels.includes(AWSPENDING) || world.now < quietUntil(world, underway)) return undefined;
  const wasMade = knownToAws(world, token);
  if (wasMade === undefined) return undefined;
  if (wasMade) return "Failed";
  return underway.trigger === "External" ? "Vanished" : undefined;
}

/** What asks for a rotation now. */
type Wish =
  | { readonly trigger: "Request"; readonly token: VersionId; readonly request: string }
  | { readonly trigger: "Schedule"; readonly token: VersionId; readonly tick: string };

function begin(world: World, secret: SecretFacts): Step | undefined {
  const misuse = misconfigured(world, secret);
  if (misuse !== undefined) return misuse;
  const wish = requested(world, secret) ?? scheduled(world, secret);
  if (wish === undefined || "do" in wish) return wish;
  if (!isInSync(world)) return undefined;
  if (!isGranted(world, secret.arn, "Rotate")) return rotateDenied(world);
  if (secret.rotation.kind === "off") return notConfigured(world, secret);
  // A token that AWS knows has been spent, by another cluster or before status was lost: it is never used again.
  if (world.source.kind !== "live" || world.ages.kind !== "live") return look("source", "ages");
  const isSpent = knownToAws(world, wish.token);
  if (isSpent === undefined) return agesUnread(world);
  if (isSpent && wish.trigger === "Schedule") return undefined;
  return { do: "recordRotation", rotation: recordOf(world, wish), notes: isSpent ? [] : [triggered(wish)] };
}

function triggered(wish: Wish) {
  const why = wish.trigger === "Schedule" ? `it was due at ${wish.tick}` : "it was requested by annotation";
  return {
    type: "Normal",
    reason: "RotationTriggered",
    message: `a rotation begins, for ${why}; its version will be ${wish.token}`,
  } as const;
}

function recordOf(world: World, { token, ...wish }: Wish): RotationStatus {
  return { token, ...wish, phase: "Rotating", startedAt: new Date(world.now).toISOString(), attempts: 0 };
}

function adopt(world: World, pending: VersionId): Step {
  const rotation: RotationStatus = {
    token: pending,
    trigger: "External",
    phase: "Rotating",
    startedAt: new Date(world.now).toISOString(),
    attempts: 0,
  };
  const message = `a rotation that somebody else began is under way; its version will be ${pending}`;
  return { do: "recordRotation", rotation, notes: [{ type: "Normal", reason: "RotationSeen", message }] };
}

function requested(world: World, secret: SecretFacts): Wish | Wait | undefined {
  const { metadata, status } = world.resource;
  const request = metadata.annotations?.[ROTATE_ANNOTATION];
  if (request === undefined || request === "" || request === status.lastHandledRotateRequest)
    return undefined;
  if (request.length > MAX_REQUEST_TEXT) return requestTooLong(world);
  return { trigger: "Request", request, token: requestToken(secret.arn, metadata.uid, request) };
}

/** Due only if no version became current since the tick. */
function scheduled(world: World, secret: SecretFacts): Wish | undefined {
  const tick = lastTick(world);
  const madeAt = currentMadeAt(world);
  if (tick === undefined || madeAt === undefined) return undefined;
  const becameCurrent = Math.max(madeAt, secret.lastRotatedAt ?? 0);
  if (becameCurrent >= tick) return undefined;
  const time = new Date(tick).toISOString();
  return { trigger: "Schedule", tick: time, token: scheduleToken(secret.arn, time) };
}

function follow(world: World, secret: SecretFacts, underway: RotationStatus): Step | undefined {
  if (outcomeOf(world, underway) !== undefined) return undefined;
  const token = parseVersionId(underway.token);
  if ((secret.stages.get(token) ?? []).includes(AWSPENDING)) return awaitRotation(world, secret, underway);
  if (underway.trigger === "External") return confirmEnd(world, secret, underway);
  if (world.recordedNow === token && world.rotateOutcome === undefined) {
    return knownToAws(world, token) === false
      ? call(world, secret, underway)
      : awaitRotation(world, secret, underway);
  }
  const answer = world.rotateOutcome;
  if (answer?.kind === "problem") return refusedCall(world, underway, describeProblem(answer.problem));
  if (answer !== undefined || world.now < quietUntil(world, underway))
    return awaitRotation(world, secret, underway);
  if (world.now < retryAt(underway)) return refusedCall(world, underway, underway.lastError ?? "no answer");
  if (world.source.kind !== "live" || world.ages.kind !== "live") return look("source", "ages");
  return knownToAws(world, token) === undefined ? agesUnread(world) : call(world, secret, underway);
}

function call(world: World, secret: SecretFacts, underway: RotationStatus): Step {
  if (!isGranted(world, secret.arn, "Rotate")) return rotateDenied(world);
  if (secret.rotation.kind === "off") return notConfigured(world, secret);
  return { do: "rotate", arn: secret.arn, token: parseVersionId(underway.token) };
}

/** A rotation of others that shows no pending version any more: read at the source before it counts as ended. */
function confirmEnd(world: World, secret: SecretFacts, underway: RotationStatus): Step {
  const quiet = quietUntil(world, underway);
  if (world.now < quiet) return awaitRotation(world, secret, underway, quiet);
  if (world.source.kind !== "live" || world.ages.kind !== "live") return look("source", "ages");
  return agesUnread(world);
}

/** Before this, AWS's reads may not show yet what a call of ours has done. */
function quietUntil(world: World, underway: RotationStatus): Instant {
  const lastCall = Date.parse(underway.lastAttemptAt ?? underway.startedAt);
  return Math.max(lastCall, world.operatorStartedAt) + AWS_READ_LAG_MS;
}

function retryAt({ attempts, lastAttemptAt }: RotationStatus): Instant {
  if (attempts === 0 || lastAttemptAt === undefined) return 0;
  return Date.parse(lastAttemptAt) + Math.min(ROTATE_RETRY_MS * 2 ** (attempts - 1), ROTATE_RETRY_MAX_MS);
}

/** Whether AWS has a version with this id, deprecated ones included; undefined where it did not tell in this pass. */
function knownToAws(world: World, token: VersionId): boolean | undefined {
  const secret = known(world.source)?.secret;
  const ages = known(world.ages);
  if (world.ages.kind !== "live" || ages === undefined || "problem" in ages) return undefined;
  return ages.has(token) || (secret?.stages.has(token) ?? false);
}

function awaitRotation(
  world: World,
  secret: SecretFacts,
  underway: RotationStatus,
  until = world.now + RECHECK_MS,
): Wait {
  const deadline = Date.parse(underway.startedAt) + world.spec.rotationTimeoutMs;
  if (world.now >= deadline) return timedOut(world, secret, underway);
  const message = `version ${underway.token} of "${world.spec.secretId}" is being made by AWS and its rotation function`;
  return waitUntil(Math.min(deadline, until), {
    phase: "rotation",
    reason: "Rotating",
    message,
  });
}

function timedOut(world: World, secret: SecretFacts, { token, startedAt }: RotationStatus): Wait {
  const log = secret.rotation.kind === "function" ? ` See the log of ${secret.rotation.functionArn}.` : "";
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rotation",
    reason: "RotationTimedOut",
    message:
      `the rotation of "${world.spec.secretId}" that began at ${startedAt} has not come to its end: AWSPENDING is still on ` +
      `version ${token}.${log} AWS may try again by itself, and a late success is a success. To give this version up: aws ` +
      `secretsmanager update-secret-version-stage --region ${world.spec.region} --secret-id ${secret.arn} --version-stage ` +
      `${AWSPENDING} --remove-from-version-id ${token}`,
  });
}

function refusedCall(world: World, underway: RotationStatus, what: string): Wait {
  const until = Math.max(retryAt(underway), world.now + ROTATE_RETRY_MS);
  return waitForPerson(until, {
    phase: "rotation",
    reason: "RotationRefused",
    message:
      `AWS did not begin the rotation of "${world.spec.secretId}": ${what}. It is tried again by itself. Where access is denied, ` +
      "allow the operator's IAM role secretsmanager:RotateSecret on the secret and lambda:InvokeFunction on its rotation " +
      "function, and let the function's policy admit secretsmanager.amazonaws.com",
  });
}

function misconfigured(world: World, secret: SecretFacts): Wait | undefined {
  if (world.spec.trigger.kind === "External") return undefined;
  if (secret.rotation.kind === "off") return notConfigured(world, secret);
  return isGranted(world, secret.arn, "Rotate") ? undefined : rotateDenied(world);
}

function notConfigured(world: World, secret: SecretFacts): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rotation",
    reason: "RotationNotConfigured",
    message:
      `rotation is off for "${world.spec.secretId}" in AWS, so it cannot be rotated: set its rotation function up (aws ` +
      `secretsmanager rotate-secret --region ${world.spec.region} --secret-id ${secret.arn} --rotation-lambda-arn ... ` +
      "--no-rotate-immediately), or write spec.rotation.trigger: External",
  });
}

function rotateDenied(world: World): Wait {
  const { namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rotation",
    reason: "RotateDenied",
    message:
      `no SecretAccessPolicy lets namespace "${namespace}" rotate "${world.spec.secretId}": ask the platform team for a policy ` +
      "with action Rotate, or write spec.rotation.trigger: External",
  });
}

function requestTooLong(world: World): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    phase: "rotation",
    reason: "RequestTooLong",
    message: `the text of the annotation ${ROTATE_ANNOTATION} has more than ${MAX_REQUEST_TEXT} characters: write a shorter one`,
  });
}

function agesUnread(world: World): Wait {
  return waitUntil(world.now + AWS_READ_LAG_MS, {
    phase: "rotation",
    reason: "AwsUnavailable",
    message: `AWS did not tell the versions of "${world.spec.secretId}" (ListSecretVersionIds): nothing is rotated before it does`,
  });
}
