import {
  type AwsProblem,
  describeProblem,
  IDENTITY_OPERATIONS,
  type IdentityOperation,
} from "../../ports/aws-problem.ts";
import { known } from "../../ports/fact.ts";
import { type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { roleOf } from "./grants.ts";
import { identityDenied, tokenRefused } from "./identity.ts";

/** Whether the problem is with the identity, and not with the call itself. */
export function isOfIdentity({ operation }: AwsProblem): boolean {
  return identityOperation(operation) !== undefined;
}

/** The wait for an identity that is not available; undefined for other problems, and for those that end by themselves. */
export function identityWait(
  world: World,
  problem: AwsProblem,
  afterwards: Wait["afterwards"],
): Wait | undefined {
  const { identity } = world.spec;
  const operation = identityOperation(problem.operation);
  if (identity.kind === "Operator" || operation === undefined || problem.kind === "unavailable")
    return undefined;
  const roleArn = roleOf(identity, known(world.account));
  switch (operation) {
    case "SecretAccessPolicy":
      return { ...identityDenied(world, identity, roleArn), afterwards };
    case "GetServiceAccount":
    case "TokenRequest":
      return { ...tokenRefused(world, identity, describeProblem(problem)), afterwards };
    case "AssumeRoleWithWebIdentity": {
      const isLate = /^ExpiredToken/.test(problem.code);
      const reason = isLate ? "TokenExpired" : "AssumeRoleRefused";
      const message = isLate ? expired(problem) : refused(problem, { ...identity, roleArn });
      return waitForPerson(world.now + RECHECK_MS, { reason, message }, afterwards);
    }
  }
}

function identityOperation(operation: string): IdentityOperation | undefined {
  return IDENTITY_OPERATIONS.find((known) => known === operation);
}

function refused(
  problem: AwsProblem,
  {
    namespace,
    name,
    roleArn,
  }: { readonly namespace: string; readonly name: string; readonly roleArn: string | undefined },
): string {
  const advice = /^InvalidIdentityToken|^IDPRejectedClaim/.test(problem.code)
    ? "AWS does not take the cluster's tokens: register the cluster's issuer as an IAM OpenID Connect provider of the role's " +
      "account, with the audience sts.amazonaws.com"
    : `the role does not exist, or its trust policy does not admit the ServiceAccount: let it admit the cluster's issuer with the ` +
      `subject (sub) "system:serviceaccount:${namespace}:${name}" and the audience (aud) "sts.amazonaws.com"`;
  return `AWS does not let the ServiceAccount "${name}" assume the role "${roleArn}": ${describeProblem(problem)}. Most likely ${advice}`;
}

function expired(problem: AwsProblem): string {
  return (
    `AWS regards the cluster's token as expired, although it was issued just now: ${describeProblem(problem)}. The clock of the ` +
    "cluster's API server is behind: set it right (NTP, chrony)"
  );
}
