import { arnOf, role, TENANT, VICTIM } from "./tenancy-ground.ts";

/** A RotatedSecret by which a tenant tries to get at what is not its own, and what it shows instead. */
export interface WayOut {
  /** Its spec; ARNs by the names of their secrets are those that AWS gave them. */
  readonly spec: (arn: (name: string) => string) => object;
  readonly reason: string;
  /** The remedy in the message. */
  readonly advice: RegExp;
}

/** The same words for what is there and for what is not. */
const NOT_ALLOWED = /does not exist, or no SecretAccessPolicy lets namespace "tenant" read it/;

const denied = (spec: WayOut["spec"]): WayOut => ({ spec, reason: "Denied", advice: NOT_ALLOWED });
const as = (serviceAccountName: string, roleArn?: string) => ({
  auth: { serviceAccountName, ...(roleArn === undefined ? {} : { roleArn }) },
});

/** The API server lets each of them in, and the operator refuses it. */
export const WAYS_OUT: Readonly<Record<string, WayOut>> = {
  "foreign-name": denied(() => ({ secretId: "victim/db" })),
  "foreign-name-that-is-nobodys": denied(() => ({ secretId: "victim/none" })),
  "foreign-arn": denied((arn) => ({ secretId: arn("victim/db") })),
  "foreign-partial-arn": denied(() => ({ secretId: arnOf("victim/db") })),
  "arn-of-another-region": denied(() => ({ secretId: arnOf("tenant/db-AbCdEf", "us-east-1") })),
  "name-in-another-region": denied(() => ({ secretId: "tenant/db", region: "us-east-1" })),
  "arn-of-another-account": denied(() => ({
    secretId: arnOf("tenant/db-AbCdEf", "eu-west-1", "999988887777"),
  })),
  "glob-look-alike": denied(() => ({ secretId: "tenant-evil/db" })),
  "glob-look-alike-below": denied((arn) => ({ secretId: arn("evil/tenant/db") })),
  "path-that-climbs": denied(() => ({ secretId: "tenant/../victim/db" })),
  "foreign-name-by-own-role": {
    ...denied((arn) => ({ secretId: arn("victim/db"), ...as("app") })),
    advice:
      /no SecretAccessPolicy lets namespace "tenant" read it.*the role "arn:aws:iam::111122223333:role\/tenant-secrets"/,
  },
  "foreign-service-account": {
    spec: () => ({ secretId: "tenant/db", ...as("victim-app") }),
    reason: "TokenRefused",
    advice: /may not act for the ServiceAccount "victim-app" of namespace "tenant"/,
  },
  "service-account-that-is-not-there": {
    spec: () => ({ secretId: "tenant/db", ...as("missing") }),
    reason: "ServiceAccountMissing",
    advice:
      /ServiceAccount "missing" of spec[.]auth does not exist in namespace "tenant".*create it, or correct/,
  },
  "foreign-role-annotation": {
    spec: () => ({ secretId: "victim/db", ...as("thief") }),
    reason: "IdentityDenied",
    advice: /role\/victim-secrets" by its ServiceAccount "thief".*ask the platform team/,
  },
  "role-look-alike": {
    spec: () => ({ secretId: "tenant/db", ...as("app", role("tenant-secrets-2")) }),
    reason: "IdentityDenied",
    advice: /role\/tenant-secrets-2".*ask the platform team/,
  },
  "role-of-another-account": {
    spec: () => ({ secretId: "tenant/db", ...as("app", "arn:aws:iam::999988887777:role/tenant-secrets") }),
    reason: "IdentityDenied",
    advice: /999988887777:role\/tenant-secrets".*ask the platform team/,
  },
  "role-that-trusts-another": {
    spec: () => ({ secretId: "tenant/db", ...as("untrusted") }),
    reason: "AssumeRoleRefused",
    advice: /the subject \(sub\) "system:serviceaccount:tenant:untrusted"/,
  },
  "service-account-without-role": {
    spec: () => ({ secretId: "tenant/db", ...as("roleless") }),
    reason: "RoleUnknown",
    advice: /kubectl annotate serviceaccount roleless -n tenant/,
  },
  "service-account-that-is-not-listed": {
    spec: () => ({ secretId: "tenant/db", ...as("unlisted") }),
    reason: "TokenRefused",
    advice: /serviceAccountTokens: \[\{namespace: tenant, names: \[unlisted\]\}\]/,
  },
  // The operator holds the value, for another resource of the same namespace.
  "what-only-the-operator-may-read": {
    spec: () => ({ secretId: "tenant/db", ...as("narrow") }),
    reason: "AwsDenied",
    advice:
      /AWS refuses the ServiceAccount "narrow".*Allow the IAM role "arn:aws:iam::111122223333:role\/tenant-narrow"/,
  },
  "secret-of-somebody-else": {
    spec: () => ({ secretId: "tenant/db", target: { name: "theirs" } }),
    reason: "TargetNotOwned",
    advice: /belongs to somebody else, so the operator does not change it/,
  },
  "secret-with-consent-for-another": {
    spec: () => ({ secretId: "tenant/db", target: { name: "promised" } }),
    reason: "TargetNotOwned",
    advice: /belongs to somebody else, so the operator does not change it/,
  },
  "secret-of-a-neighbour": {
    spec: () => ({ secretId: "tenant/own", target: { name: "db" } }),
    reason: "TargetOwned",
    advice: /belongs to the RotatedSecret "db"/,
  },
};

/** Requests that the API server refuses, with a part of its message. */
export const REFUSED_SPECS: Readonly<Record<string, readonly [object, RegExp]>> = {
  "a glob for a name": [{ secretId: "tenant/*" }, /write the name of a secret/],
  "a Secret of another namespace": [
    { secretId: "tenant/db", target: { name: `${VICTIM}/db` } },
    /write a name of lower case letters/,
  ],
  "a Deployment of another namespace": [
    { secretId: "tenant/db", rollout: { workloads: { mode: "Names", names: [`deployment/${VICTIM}/web`] } } },
    /write kind and name of a workload of this namespace/,
  ],
  "a ServiceAccount of another namespace": [
    { secretId: "tenant/db", ...as(`${VICTIM}/victim-app`) },
    /write a name of lower case letters/,
  ],
  "a ServiceAccount by a path": [
    { secretId: "tenant/db", ...as("../../victim/serviceaccounts/x") },
    /write a name/,
  ],
  "a text that is not a role": [
    { secretId: "tenant/db", ...as("app", "arn:aws:iam::111122223333:user/root") },
    /ARN of an IAM role/,
  ],
  "a huge name": [{ secretId: `tenant/${"x".repeat(2_100)}` }, /2048|2,048|too long/i],
};

/** Requests beyond the tenant's rights, as arguments of kubectl. */
export const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  "labels of its namespace": ["label", "namespace", TENANT, `team=${VICTIM}`, "--overwrite"],
  "the victim's Secret": ["get", "secret", "db", "-n", VICTIM],
  "consent in the victim's name": ["annotate", "secret", "db", "-n", VICTIM, "rotatedsecrets.dev/adopt=db"],
  "a token of the victim's ServiceAccount": ["create", "token", "victim-app", "-n", VICTIM],
  "the policies": ["get", "secretaccesspolicies"],
};
