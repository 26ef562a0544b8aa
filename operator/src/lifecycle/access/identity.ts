import {
  ROLE_ARN_ANNOTATION,
  ROLE_ARN_PATTERN,
  type ServiceAccountIdentity,
} from "../../api/aws-identity.ts";
import { known } from "../../ports/fact.ts";
import type { ServiceAccountReading } from "../../ports/service-accounts.ts";
import { type Phase, type Reason, refresh, type Step, type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { mayAssume, roleOf } from "./grants.ts";

const ROLE_ARN = new RegExp(ROLE_ARN_PATTERN);

/** Checks that the namespace may use the identity of its resource, and that this identity exists. */
export const identity: Phase = { name: "identity", decide: next };

function next(world: World): Step | undefined {
  const wanted = world.spec.identity;
  if (wanted.kind === "Operator") return undefined;
  if (!mayAssume(world, wanted.roleArn)) return identityDenied(world, wanted, wanted.roleArn);
  const reading = known(world.account);
  if (reading === undefined) return refresh("account");
  const obstacle = obstacleIn(world, wanted, reading);
  return obstacle !== undefined && world.account.kind !== "live" ? refresh("account") : obstacle;
}

/** The wait for a policy that allows this role. Without a role: that allows any role. */
export function identityDenied(
  world: World,
  { name, namespace }: ServiceAccountIdentity,
  roleArn: string | undefined,
): Wait {
  const role = roleArn === undefined ? "a role" : `the role "${roleArn}"`;
  return stalled(
    world,
    "IdentityDenied",
    `no SecretAccessPolicy lets namespace "${namespace}" assume ${role} by its ServiceAccount "${name}": ask the platform team ` +
      "for a SecretAccessPolicy whose spec.namespaces matches the namespace's labels, with identity ServiceAccount, and with " +
      "the role in spec.roles; or remove spec.auth to use the operator's own identity",
  );
}

function obstacleIn(
  world: World,
  wanted: ServiceAccountIdentity,
  reading: ServiceAccountReading,
): Wait | undefined {
  const { namespace, name } = wanted;
  switch (reading.kind) {
    case "absent":
      return stalled(
        world,
        "ServiceAccountMissing",
        `the ServiceAccount "${name}" of spec.auth does not exist in namespace "${namespace}": create it, or ` +
          "correct spec.auth.serviceAccountName",
      );
    case "refused":
      return tokenRefused(world, wanted, reading.why);
    case "present": {
      const roleArn = roleOf(wanted, reading);
      if (roleArn === undefined || !ROLE_ARN.test(roleArn)) return roleUnknown(world, wanted, roleArn);
      return mayAssume(world, roleArn) ? undefined : identityDenied(world, wanted, roleArn);
    }
  }
}

/** The API server does not let the operator read the ServiceAccount, or request a token for it. */
export function tokenRefused(world: World, { namespace, name }: ServiceAccountIdentity, why: string): Wait {
  return stalled(
    world,
    "TokenRefused",
    `the operator may not act for the ServiceAccount "${name}" of namespace "${namespace}": ${why}. To allow it, add this value when ` +
      `you install the chart: serviceAccountTokens: [{namespace: ${namespace}, names: [${name}]}]`,
  );
}

function roleUnknown(
  world: World,
  { namespace, name }: ServiceAccountIdentity,
  written: string | undefined,
): Wait {
  const what = written === undefined ? "names no IAM role" : "does not name the ARN of an IAM role";
  return stalled(
    world,
    "RoleUnknown",
    `the ServiceAccount "${name}" ${what} in its annotation ${ROLE_ARN_ANNOTATION}: kubectl annotate serviceaccount ${name} -n ` +
      `${namespace} --overwrite ${ROLE_ARN_ANNOTATION}=arn:aws:iam::ACCOUNT:role/NAME; or write spec.auth.roleArn`,
  );
}

function stalled(world: World, reason: Reason, message: string): Wait {
  return waitForPerson(world.now + RECHECK_MS, { reason, message });
}
