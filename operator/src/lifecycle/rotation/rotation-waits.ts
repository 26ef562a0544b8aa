import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { AWSPENDING } from "@rotated-secrets/contract/labels";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import { MAX_REQUEST_TEXT } from "../../api/rotated-secret-status.ts";
import { type AwsProblem, describeProblem } from "../../ports/aws-problem.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { caller, identityToAllow, roleInWords } from "../access/caller.ts";
import { identityWait } from "../access/identity-problem.ts";
import { type Wait, waitForPerson, waitUntil } from "../step.ts";
import { AWS_READ_LAG_MS, RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import type { FailureBackOff } from "./failure-back-off.ts";
import { rotationDeadline } from "./rotation-outcome.ts";

/** A rotation that goes on in AWS, or is late. */
export function awaitRotation(
  world: World,
  secret: SecretFacts,
  underway: RotationStatus,
  until: Instant = world.now + RECHECK_MS,
): Wait {
  const deadline = rotationDeadline(world, underway);
  if (world.now >= deadline) return timedOut(world, secret, underway);
  const message = `version ${underway.token} of "${world.spec.secretId}" is being made by AWS and its rotation function`;
  return waitUntil(Math.min(deadline, until), { reason: "Rotating", message });
}

function timedOut(world: World, secret: SecretFacts, { token, startedAt }: RotationStatus): Wait {
  const log = secret.rotation.kind === "function" ? ` See the log of ${secret.rotation.functionArn}.` : "";
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RotationTimedOut",
    message:
      `the rotation of "${world.spec.secretId}" that began at ${startedAt} has not come to its end: AWSPENDING is still on ` +
      `version ${token}.${log} AWS may try again by itself, and a late success is a success. To give this version up: aws ` +
      `secretsmanager update-secret-version-stage --region ${world.spec.region} --secret-id ${secret.arn} --version-stage ` +
      `${AWSPENDING} --remove-from-version-id ${token}`,
  });
}

/** Another RotatedSecret of the same AWS secret is about to rotate it. */
export function waitingForTurn(world: World, until: Instant): Wait {
  const message = `another RotatedSecret is about to rotate "${world.spec.secretId}": this rotation waits for it, and may be fulfilled by it`;
  return waitUntil(until, { reason: "Rotating", message });
}

/** RotateSecret is called again only once the Secret carries what it should. */
export function waitingForSecret(world: World): Wait {
  const message = `RotateSecret is called for "${world.spec.secretId}" once the Secret "${world.spec.targetName}" carries the current version again`;
  return waitUntil(world.now + RECHECK_MS, { reason: "Rotating", message });
}

/** RotateSecret was refused, or not answered; it is called again at `until`. */
export function refusedCall(world: World, until: Instant, what: string): Wait {
  return waitForPerson(until, {
    reason: "RotationRefused",
    message:
      `AWS did not begin the rotation of "${world.spec.secretId}": ${what}. It is tried again by itself. Where access is denied, ` +
      `allow ${roleInWords(world)} secretsmanager:RotateSecret on the secret and lambda:InvokeFunction on its rotation ` +
      "function, and let the function's policy admit secretsmanager.amazonaws.com",
  });
}

/** The last rotations have failed; the schedule, or the version's age, begins another after a while. */
export function backingOff(world: World, { failures, until }: FailureBackOff): Wait {
  const { name, namespace } = world.resource.metadata;
  const what = failures === 1 ? "the last rotation has" : `the last ${failures} rotations have`;
  return waitForPerson(until, {
    reason: "RotationBackOff",
    message:
      `${what} ended without a new version, so the next that is due waits until ${new Date(until).toISOString()}: see the ` +
      `rotation function's log. To rotate at once: kubectl annotate rsec ${name} -n ${namespace} --overwrite ${ROTATE_ANNOTATION}=TEXT, with a text that is new`,
  });
}

/** The secret cannot be rotated as it stands in AWS. */
export function notConfigured(world: World, secret: SecretFacts): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RotationNotConfigured",
    message:
      `rotation is off for "${world.spec.secretId}" in AWS, so it cannot be rotated: set its rotation function up (aws ` +
      `secretsmanager rotate-secret --region ${world.spec.region} --secret-id ${secret.arn} --rotation-lambda-arn ... ` +
      "--no-rotate-immediately), or write spec.rotation.trigger: External",
  });
}

/** No policy lets the namespace rotate it. */
export function rotateDenied(world: World): Wait {
  const { namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RotateDenied",
    message:
      `no SecretAccessPolicy lets namespace "${namespace}" rotate "${world.spec.secretId}": ask the platform team for a policy ` +
      `with action Rotate${identityToAllow(world)}, or write spec.rotation.trigger: External`,
  });
}

/** The text of the request is more than status can remember. */
export function requestTooLong(world: World): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RequestTooLong",
    message: `the text of the annotation ${ROTATE_ANNOTATION} has more than ${MAX_REQUEST_TEXT} characters: write a shorter one`,
  });
}

/** Nothing is rotated on what was read before. */
export function versionsUnread(world: World): Wait {
  const denial = [known(world.source)?.problem, agesProblem(world)].find((one) => one?.kind === "denied");
  if (denial !== undefined) return versionsDenied(world, denial);
  return waitUntil(world.now + AWS_READ_LAG_MS, {
    reason: "AwsUnavailable",
    message:
      `AWS did not tell the versions of "${world.spec.secretId}" (DescribeSecret, ListSecretVersionIds): nothing is rotated ` +
      "before it does",
  });
}

function versionsDenied(world: World, denial: AwsProblem): Wait {
  const unusable = identityWait(world, denial, "stop");
  if (unusable !== undefined) return unusable;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "AwsDenied",
    message:
      `AWS refuses ${caller(world)} the versions of "${world.spec.secretId}" (${describeProblem(denial)}), and nothing is rotated ` +
      `without them: allow ${roleInWords(world)} secretsmanager:DescribeSecret and secretsmanager:ListSecretVersionIds on it`,
  });
}

function agesProblem(world: World): AwsProblem | undefined {
  const ages = known(world.versionCreatedAt);
  return ages !== undefined && "problem" in ages ? ages.problem : undefined;
}
