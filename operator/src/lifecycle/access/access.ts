import { ACCEPT_SOURCE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { type AwsProblem, describeProblem } from "../../ports/aws-problem.ts";
import { known } from "../../ports/fact.ts";
import {
  type Phase,
  refresh,
  type Step,
  type Wait,
  waitForPerson,
  waitUntil,
  waitWithAlarm,
} from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { caller, identityToAllow, roleInWords } from "./caller.ts";
import { couldBeGranted, isGranted } from "./grants.ts";
import { identityWait, isOfIdentity } from "./identity-problem.ts";

/** Checks that the secret exists, that this namespace may read it, and that AWS allows the operator to see it. */
export const access: Phase = { name: "access", decide: next };

function next(world: World): Step | undefined {
  const entry = known(world.source);
  if (entry === undefined) return catalogueStarting(world);
  const { secret, problem } = entry;
  // A problem with the identity may have been corrected since. Only a new attempt shows it.
  if (problem !== undefined && isOfIdentity(problem) && world.source.kind !== "live")
    return refresh("source");
  // While AWS is not available, the ARN in status still identifies the secret, so that a rollout can finish.
  const arn = secret?.arn ?? world.resource.status.secretArn;
  if (arn === undefined) return unresolved(world, problem);
  if (!isGranted(world, arn, "Read")) return denied(world);
  if (secret !== undefined && replaced(world, secret.arn)) return sourceReplaced(world, secret.arn);
  return problem === undefined ? undefined : waitFor(world, problem, "go on");
}

function catalogueStarting(world: World): Wait {
  return waitUntil(world.now + RECHECK_MS, {
    reason: "AwsUnavailable",
    message: `AWS has not answered yet for the secret ${quoted(world)}`,
  });
}

/** No ARN is known, now or from before: there is nothing to sync or to check against policies. */
function unresolved(world: World, problem: AwsProblem | undefined): Step {
  if (problem === undefined || problem.kind === "notFound") return denied(world);
  // A refusal by AWS reveals that the secret exists.
  const isRevealing = problem.kind !== "unavailable" && !isOfIdentity(problem);
  if (isRevealing && !couldBeGranted(world, "Read")) return denied(world);
  return waitFor(world, problem, "stop");
}

/** "Not found" and "not allowed" give the same message, so that a tenant cannot find out which secrets exist. */
function denied(world: World): Wait {
  const { namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "Denied",
    message:
      `the secret ${quoted(world)} does not exist, or no SecretAccessPolicy lets namespace "${namespace}" read it: check ` +
      "spec.secretId and spec.region, or ask the platform team for a SecretAccessPolicy with action Read whose " +
      `spec.namespaces matches the namespace's labels and whose spec.secrets matches the secret's ARN${identityToAllow(world)}`,
  });
}

function waitFor(world: World, problem: AwsProblem, afterwards: Wait["afterwards"]): Wait {
  const unusable = identityWait(world, problem, afterwards);
  if (unusable !== undefined) return unusable;
  const until = world.now + RECHECK_MS;
  const what = describeProblem(problem);
  switch (problem.kind) {
    case "unavailable":
      return waitWithAlarm(
        until,
        { reason: "AwsUnavailable", message: unavailable(world, what) },
        afterwards,
      );
    case "notFound":
      return waitForPerson(until, { reason: "SecretGone", message: gone(world, what) }, afterwards);
    case "denied":
    case "invalid":
      return waitForPerson(until, { reason: "AwsDenied", message: refused(world, what) }, afterwards);
  }
}

function unavailable(world: World, what: string): string {
  return (
    `AWS did not answer for ${quoted(world)}: ${what}. The Secret in the cluster stays as it is, and the ` +
    "operator tries again. If this lasts, check the operator's network path to AWS, and the health of AWS"
  );
}

function gone(world: World, what: string): string {
  return (
    `the secret ${quoted(world)} no longer exists: ${what}. The Secret in the cluster stays as it is: ` +
    "restore the secret in AWS (aws secretsmanager restore-secret), or delete this RotatedSecret"
  );
}

function refused(world: World, what: string): string {
  return (
    `AWS refuses ${caller(world)} the secret ${quoted(world)}: ${what}. Allow ${roleInWords(world)} ` +
    "secretsmanager:DescribeSecret, secretsmanager:ListSecretVersionIds and secretsmanager:GetSecretValue on it " +
    "(and kms:Decrypt, if the secret has a KMS key of its own)"
  );
}

function replaced(world: World, arn: string): boolean {
  const { status, metadata } = world.resource;
  const isAccepted = metadata.annotations?.[ACCEPT_SOURCE_ANNOTATION] === arn;
  return status.secretArn !== undefined && status.secretArn !== arn && !isAccepted;
}

function sourceReplaced(world: World, arn: string): Wait {
  const { name, namespace } = world.resource.metadata;
  return waitForPerson(world.now + RECHECK_MS, {
    reason: "SourceReplaced",
    message:
      `the secret ${quoted(world)} has been replaced: its ARN was ${world.resource.status.secretArn} and is ${arn}. The operator ` +
      `does not follow the new one by itself. To follow it: kubectl annotate rsec ${name} -n ${namespace} --overwrite ${ACCEPT_SOURCE_ANNOTATION}=${arn}`,
  });
}

function quoted({ spec }: World): string {
  return `"${spec.secretId}" in ${spec.region}`;
}
