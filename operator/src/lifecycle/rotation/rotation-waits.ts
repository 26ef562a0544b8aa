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
import { annotationOf, type RequestTrigger } from "./requests.ts";
import { rotationDeadline } from "./rotation-outcome.ts";

/** The wait for a rotation in AWS; after its deadline, the report that it is late. */
export function awaitRotation(
  world: World,
  secret: SecretFacts,
  underway: RotationStatus,
  until: Instant = world.now + RECHECK_MS,
): Wait {
  const deadline = rotationDeadline(world, underway);
  if (world.now >= deadline) return timedOut(world, secret, underway);
  const message = `version ${underway.token} of "${world.spec.secretId}" is being created by AWS and its rotation function`;
  return waitUntil(Math.min(deadline, until), { reason: "Rotating", message });
}

function timedOut(world: World, secret: SecretFacts, { token, startedAt }: RotationStatus): Wait {
  const { secretId } = world.spec;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RotationTimedOut",
    message:
      `the rotation of "${secretId}" that began at ${startedAt} has not finished: AWSPENDING is still on version ${token}. ` +
      `${logHint(world, secret, token)}AWS may try again by itself, and a late success counts. ${giveUpHint(world, secret, token)}`,
  });
}

/** The command that shows the log of the rotation function for this version. Empty if its name is not known. */
function logHint({ spec }: World, { rotation }: SecretFacts, token: string): string {
  const name = rotation.kind === "function" ? functionName(rotation.functionArn) : undefined;
  if (name === undefined) return "";
  return (
    `Find out why: aws logs tail /aws/lambda/${name} --region ${spec.region} --since 1h --filter-pattern ` +
    `'{ $.versionId = "${token}" }'. `
  );
}

/** AWS: arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME, with a version or an alias after it. */
function functionName(arn: string): string | undefined {
  return /^arn:[^:]+:lambda:[^:]+:[^:]+:function:([\w-]+)(?::[^:]+)?$/.exec(arn)?.[1];
}

/** How to end the rotation by hand. The command can lose the password of a single user, so the warning stands first. */
function giveUpHint({ spec }: World, { arn }: SecretFacts, token: string): string {
  return (
    "If the secret has a single user and setSecret is done, the database has the new password already: do not give this " +
    "version up, but move AWSCURRENT to it (docs/lambda.md#give-a-rotation-up). In all other cases you can give it up: " +
    `aws secretsmanager update-secret-version-stage --region ${spec.region} --secret-id ${arn} ` +
    `--version-stage ${AWSPENDING} --remove-from-version-id ${token}`
  );
}

/** Another RotatedSecret of the same AWS secret is about to rotate it. */
export function waitingForTurn(world: World, until: Instant): Wait {
  const message = `another RotatedSecret is about to rotate "${world.spec.secretId}": this rotation waits for it, and may be fulfilled by it`;
  return waitUntil(until, { reason: "Rotating", message });
}

/** RotateSecret is called again once the Secret carries the current version. */
export function waitingForSecret(world: World): Wait {
  const message = `RotateSecret is called for "${world.spec.secretId}" once the Secret "${world.spec.targetName}" carries the current version again`;
  return waitUntil(world.now + RECHECK_MS, { reason: "Rotating", message });
}

/** RotateSecret was refused or not answered. It is called again at `until`. */
export function refusedCall(world: World, until: Instant, what: string): Wait {
  return waitForPerson(until, {
    reason: "RotationRefused",
    message:
      `AWS did not start the rotation of "${world.spec.secretId}": ${what}. The operator tries again. If access is denied, ` +
      `allow ${roleInWords(world)} secretsmanager:RotateSecret on the secret and lambda:InvokeFunction on its rotation ` +
      "function, and let the function's policy admit secretsmanager.amazonaws.com",
  });
}

/** The last rotations have failed. Schedule and age start another one at `until`. */
export function backingOff(world: World, { failures, until }: FailureBackOff): Wait {
  const { name, namespace } = world.resource.metadata;
  const what = failures === 1 ? "the last rotation has" : `the last ${failures} rotations have`;
  return waitForPerson(until, {
    reason: "RotationBackOff",
    message:
      `${what} ended without a new version, so the next one waits until ${new Date(until).toISOString()}: see the ` +
      `rotation function's log. To rotate at once: kubectl annotate rsec ${name} -n ${namespace} --overwrite ${ROTATE_ANNOTATION}=TEXT, with a new text`,
  });
}

/** Rotation is off in AWS for this secret. */
export function notConfigured(world: World, secret: SecretFacts): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RotationNotConfigured",
    message:
      `rotation is off for "${world.spec.secretId}" in AWS, so it cannot be rotated: set up its rotation function (aws ` +
      `secretsmanager rotate-secret --region ${world.spec.region} --secret-id ${secret.arn} --rotation-lambda-arn ... ` +
      "--no-rotate-immediately), or write spec.rotation.trigger: External",
  });
}

/** No policy lets the namespace rotate the secret. */
export function rotateDenied(world: World): Wait {
  const { namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RotateDenied",
    message:
      `no SecretAccessPolicy lets namespace "${namespace}" rotate "${world.spec.secretId}": ask the platform team for a policy ` +
      `with action Rotate${identityToAllow(world)}, or write spec.rotation.trigger: External`,
  });
}

/** The text of the request is too long for status. */
export function requestTooLong(world: World, trigger: RequestTrigger): Wait {
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "RequestTooLong",
    message: `the text of the annotation ${annotationOf(trigger)} has more than ${MAX_REQUEST_TEXT} characters: write a shorter one`,
  });
}

/** The versions could not be read now, and older reads do not suffice for a rotation. */
export function versionsUnread(world: World): Wait {
  const denial = [known(world.source)?.problem, agesProblem(world)].find((one) => one?.kind === "denied");
  if (denial !== undefined) return versionsDenied(world, denial);
  return waitUntil(world.now + AWS_READ_LAG_MS, {
    reason: "AwsUnavailable",
    message:
      `AWS did not return the versions of "${world.spec.secretId}" (DescribeSecret, ListSecretVersionIds): nothing is rotated ` +
      "until it does",
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
  const created = known(world.versionCreatedAt);
  return created !== undefined && "problem" in created ? created.problem : undefined;
}
