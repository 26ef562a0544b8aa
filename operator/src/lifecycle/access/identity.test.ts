import { describe, expect, it } from "vitest";
import type { SecretAccessPolicy } from "../../api/secret-access-policy.ts";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { cached, live, unknown } from "../../ports/fact.ts";
import type { ServiceAccountReading } from "../../ports/service-accounts.ts";
import { decide } from "../decide.ts";
import { sync } from "../target-secret/sync.ts";
import { ARN, NOW, policy, resource, stepOf, world } from "../testing/world.ts";
import type { World } from "../world.ts";
import { access } from "./access.ts";
import { isGranted } from "./grants.ts";
import { identity } from "./identity.ts";

const ROLE = "arn:aws:iam::111122223333:role/payments-secrets";
const OTHER_ROLE = "arn:aws:iam::111122223333:role/orders-secrets";

function allowing(spec: Partial<SecretAccessPolicy["spec"]> = {}): SecretAccessPolicy {
  const base = policy("Read", "Rotate");
  const identities = ["ServiceAccount"] as const;
  return { ...base, spec: { ...base.spec, identities, roles: [`${ROLE}*`], ...spec } };
}

function account(change: Partial<ServiceAccountReading> = {}): ServiceAccountReading {
  return { kind: "present", uid: "uid-account", roleArn: ROLE, ...change } as ServiceAccountReading;
}

/** A resource that names the ServiceAccount `app`, and a policy that allows it. */
function tenant(change: Partial<World> = {}, auth: { readonly roleArn?: string } = {}): World {
  return world(1, {
    resource: resource({ auth: { serviceAccountName: "app", ...auth } }, { secretArn: ARN }),
    policies: [allowing()],
    account: live(account(), NOW),
    ...change,
  });
}

describe("the identity phase", () => {
  it.each<[string, World]>([
    ["the operator's own identity, whatever the policies say", world(1, { policies: [] })],
    ["a role of the ServiceAccount's that a policy allows", tenant()],
    ["the same from the cache", tenant({ account: cached(account()) })],
    [
      "a role that the resource names",
      tenant({ account: live({ kind: "present", uid: "u" }, NOW) }, { roleArn: ROLE }),
    ],
  ])("lets through: %s", (_, situation) => {
    expect(stepOf(identity, situation)).toBeUndefined();
  });

  it.each<[string, Partial<World>]>([
    ["before the first reading", { account: unknown }],
    ["before it says that there is none", { account: cached({ kind: "absent" }) }],
    [
      "before it says that a policy does not allow its role",
      { account: cached(account({ roleArn: OTHER_ROLE })) },
    ],
  ])("reads the ServiceAccount %s", (_, change) => {
    expect(stepOf(identity, tenant(change))).toEqual({ do: "refresh", facts: ["account"] });
  });

  it.each<[string, Partial<World>, string, RegExp]>([
    ["no policy", { policies: [] }, "IdentityDenied", /ask the platform team/],
    [
      "a policy without identities",
      { policies: [policy("Read")] },
      "IdentityDenied",
      /identity ServiceAccount/,
    ],
    [
      "a policy for the operator's identity alone",
      { policies: [allowing({ identities: ["Operator"] })] },
      "IdentityDenied",
      /ask the platform team/,
    ],
    [
      "another namespace's policy",
      { namespaceLabels: { team: "other" } },
      "IdentityDenied",
      /ask the platform/,
    ],
    ["a namespace that is not known", { namespaceLabels: undefined }, "IdentityDenied", /ask the platform/],
    [
      "a role that no glob of a policy matches",
      { account: live(account({ roleArn: OTHER_ROLE }), NOW) },
      "IdentityDenied",
      /role\/orders-secrets/,
    ],
    [
      "no ServiceAccount",
      { account: live({ kind: "absent" }, NOW) },
      "ServiceAccountMissing",
      /create it, or correct/,
    ],
    [
      "no role",
      { account: live({ kind: "present", uid: "u" }, NOW) },
      "RoleUnknown",
      /kubectl annotate serviceaccount app -n payments/,
    ],
    [
      "an annotation that is not a role",
      { account: live(account({ roleArn: "payments" }), NOW) },
      "RoleUnknown",
      /does not name the ARN/,
    ],
    [
      "an operator that may not read ServiceAccounts",
      { account: live({ kind: "refused", why: "403 Forbidden" }, NOW) },
      "TokenRefused",
      /serviceAccountTokens: \[\{namespace: payments, names: \[app\]\}\]/,
    ],
  ])("stalls for %s", (_, change, reason, advice) => {
    const step = stepOf(identity, tenant(change));
    expect(step).toMatchObject({ do: "wait", reason, endedBy: "person", afterwards: "stop" });
    expect(step?.do === "wait" && step.message).toMatch(advice);
  });

  it("reads no ServiceAccount for a namespace that may use none", () => {
    expect(stepOf(identity, tenant({ policies: [], account: unknown }))).toMatchObject({
      reason: "IdentityDenied",
    });
    const named = tenant({ account: unknown }, { roleArn: OTHER_ROLE });
    expect(stepOf(identity, named)).toMatchObject({ reason: "IdentityDenied" });
  });

  it("comes before anything is asked of AWS", () => {
    const decision = decide(tenant({ policies: [], source: unknown, account: unknown }));
    expect(decision).toMatchObject({ kind: "rest", waits: [{ reason: "IdentityDenied" }] });
  });
});

describe("the grants of an identity", () => {
  const operator = world(1);

  it.each<[string, World, SecretAccessPolicy[], boolean]>([
    ["a policy without identities is for the operator's", operator, [policy("Read")], true],
    ["a policy for the operator's identity", operator, [allowing({ identities: ["Operator"] })], true],
    ["a policy for ServiceAccounts is not for the operator's", operator, [allowing()], false],
    [
      "a policy for both is for either: operator",
      operator,
      [allowing({ identities: ["Operator", "ServiceAccount"] })],
      true,
    ],
    [
      "a policy for both is for either: role",
      tenant(),
      [allowing({ identities: ["Operator", "ServiceAccount"] })],
      true,
    ],
    ["a policy without identities is not for ServiceAccounts", tenant(), [policy("Read")], false],
    ["a policy with the role", tenant(), [allowing()], true],
    ["a policy with another role", tenant(), [allowing({ roles: [OTHER_ROLE] })], false],
    [
      "roles in one policy and secrets in another do not add up",
      tenant(),
      [allowing({ secrets: ["arn:none"] }), policy("Read")],
      false,
    ],
    ["an identity whose role is not known", tenant({ account: unknown }), [allowing()], false],
  ])("%s", (_, situation, policies, expected) => {
    expect(isGranted({ ...situation, policies }, ARN, "Read")).toBe(expected);
  });
});

describe("a problem on the way to the identity", () => {
  const problem = (operation: string, code: string, kind: AwsProblem["kind"] = "denied"): AwsProblem => ({
    kind,
    operation,
    code,
  });
  const atSource = (of: AwsProblem): Partial<World> => ({ source: live({ problem: of }, NOW) });

  it.each<[AwsProblem, string, RegExp]>([
    [problem("SecretAccessPolicy", "NotAllowed"), "IdentityDenied", /role\/payments-secrets/],
    [problem("TokenRequest", "Forbidden"), "TokenRefused", /serviceAccountTokens/],
    [
      problem("AssumeRoleWithWebIdentity", "AccessDenied"),
      "AssumeRoleRefused",
      /"system:serviceaccount:payments:app" and the audience \(aud\) "sts[.]amazonaws[.]com"/,
    ],
    [
      problem("AssumeRoleWithWebIdentity", "InvalidIdentityTokenException"),
      "AssumeRoleRefused",
      /register the cluster's issuer as an IAM OpenID Connect provider/,
    ],
    [problem("AssumeRoleWithWebIdentity", "ExpiredTokenException"), "TokenExpired", /NTP/],
    [
      problem("AssumeRoleWithWebIdentity", "IDPCommunicationErrorException", "unavailable"),
      "AwsUnavailable",
      /tries again/,
    ],
  ])("%j is %s", (of, reason, advice) => {
    const step = stepOf(access, tenant(atSource(of)));
    expect(step).toMatchObject({ do: "wait", reason, afterwards: "go on" });
    expect(step?.do === "wait" && step.message).toMatch(advice);
    const read = stepOf(sync, tenant({ value: live({ kind: "problem", problem: of }, NOW) }));
    expect(read).toMatchObject({ do: "wait", reason });
  });

  it("is tried again in each pass, for nothing else tells that it was put right", () => {
    const source = cached({ problem: problem("AssumeRoleWithWebIdentity", "AccessDenied") });
    expect(stepOf(access, tenant({ source }))).toEqual({ do: "refresh", facts: ["source"] });
  });

  it("that AWS refuses the secret itself names the role that lacks it", () => {
    const step = stepOf(access, tenant(atSource(problem("DescribeSecret", "AccessDeniedException"))));
    expect(step).toMatchObject({ reason: "AwsDenied" });
    expect(step?.do === "wait" && step.message).toMatch(
      /Allow the IAM role "arn:aws:iam::111122223333:role\/payments-secrets"/,
    );
  });
});
