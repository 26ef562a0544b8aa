import { trustIn } from "@rotated-secrets/sandbox/cluster/cluster-issuer";
import { installOperator } from "@rotated-secrets/sandbox/operator-release";
import { run } from "@rotated-secrets/sandbox/run";
import { createDatabaseSecret, type DatabaseSecret } from "@rotated-secrets/sandbox/samples/database-secret";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";

/** The namespace whose people try to get out of it, the one that they would like to get into, and one that no policy knows. */
export const TENANT = "tenant";
export const VICTIM = "victim";
export const LAWLESS = "lawless";
/** The administrator of `TENANT`, without rights elsewhere. */
const MALLORY = "mallory";
const ACCOUNT = "111122223333";

/** ARN of a role of the emulator's account. */
export const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const PARTNER_ROLE = "arn:aws:iam::999988887777:role/partner";
/** ARN, as far as one can know it before AWS has chosen its end. */
export const arnOf = (name: string, region = "eu-west-1", account = ACCOUNT) =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;

/** The ServiceAccounts of the tenant, by the role that their annotation names. */
const ACCOUNTS: Readonly<Record<string, string | undefined>> = {
  app: role("tenant-secrets"),
  // Its role sees one of the tenant's secrets only.
  narrow: role("tenant-narrow"),
  // Its role trusts another ServiceAccount.
  untrusted: role("tenant-secrets"),
  thief: role("victim-secrets"),
  // Its role belongs to a different account from the secrets.
  partner: PARTNER_ROLE,
  roleless: undefined,
  // The operator may not ask for its tokens.
  unlisted: role("tenant-secrets"),
};
const LISTED = ["app", "narrow", "untrusted", "thief", "partner", "roleless", "missing"];

const POLICIES = [
  {
    name: "tenant",
    namespaces: { matchLabels: { team: TENANT } },
    secrets: [arnOf("tenant/*")],
    actions: ["Read", "Rotate"],
    identities: ["Operator", "ServiceAccount"],
    roles: [role("tenant-secrets"), role("tenant-narrow"), PARTNER_ROLE],
  },
  {
    name: "victim",
    namespaces: { matchLabels: { team: VICTIM } },
    secrets: [arnOf("victim/*")],
    actions: ["Read"],
  },
];

/** The stage, and the objects on it. */
export interface TenancyGround {
  readonly stage: Stage;
  readonly aws: AwsSecrets;
  /** ARNs of secrets by their names. */
  readonly arns: ReadonlyMap<string, string>;
  readonly rotated: DatabaseSecret;
  /** kubectl as the tenant. @throws with its error output */
  asTenant(args: readonly string[], manifest?: object): Promise<string>;
}

/** Two teams, their secrets and their roles, and an operator that may act for the one's ServiceAccounts. */
export async function tenancyGround(): Promise<TenancyGround> {
  const stage = await startStage({ operator: "absent" });
  const aws = new AwsSecrets(stage);
  await makeNamespaces(stage);
  declareRoles(stage);
  const arns = new Map<string, string>();
  const names = ["tenant/db", "tenant/own", "tenant/huge", "victim/db", "tenant-evil/db", "evil/tenant/db"];
  for (const [i, name] of names.entries()) {
    const document = name === "tenant/huge" ? { blob: "x".repeat(65_000) } : credential(i + 1);
    arns.set(name, (await aws.create(name, document)).arn);
  }
  const rotated = await createDatabaseSecret(stage, { name: "tenant/rotated", user: "tenant_rotated" });
  const every = { "list-every": "5s", "describe-every": "5s", "describe-unlisted-every": "5s" };
  await installOperator(stage, {
    policies: POLICIES,
    settings: every,
    serviceAccountTokens: [
      { namespace: TENANT, names: LISTED },
      { namespace: LAWLESS, names: ["app"] },
    ],
  });
  const kubeconfig = await stage.controlPlane.kubeconfigFor({ user: MALLORY });
  const asTenant: TenancyGround["asTenant"] = (args, manifest) =>
    run(stage.tools.kubectl, args, {
      env: { KUBECONFIG: kubeconfig, HOME: stage.dir, PATH: process.env.PATH ?? "" },
      ...(manifest === undefined ? {} : { input: JSON.stringify(manifest) }),
    });
  return { stage, aws, arns, rotated, asTenant };
}

async function makeNamespaces(stage: Stage): Promise<void> {
  const meta = (name: string, namespace = TENANT) => ({ name, namespace });
  const namespaces = [TENANT, VICTIM, LAWLESS].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: name === LAWLESS ? {} : { team: name } },
  }));
  await stage.apply(...namespaces);
  const account = (name: string, namespace: string, roleArn: string | undefined) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      ...meta(name, namespace),
      annotations: roleArn === undefined ? {} : { "eks.amazonaws.com/role-arn": roleArn },
    },
  });
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
  const rules = [{ apiGroups: ["rotatedsecrets.dev"], resources: ["*"], verbs: ["*"] }];
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: MALLORY }];
  const bound = (kind: string, name: string) => ({
    ...rbac,
    kind: "RoleBinding",
    metadata: meta(`${MALLORY}-${name}`),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
    subjects,
  });
  await stage.apply(
    ...Object.entries(ACCOUNTS).map(([name, roleArn]) => account(name, TENANT, roleArn)),
    account("victim-app", VICTIM, role("victim-secrets")),
    account("app", LAWLESS, role("tenant-secrets")),
    { ...rbac, kind: "Role", metadata: meta("rotated-secrets"), rules },
    bound("Role", "rotated-secrets"),
    // A Role for all resources would not do: the namespace itself counts as one of its own, and with it its labels.
    bound("ClusterRole", "admin"),
  );
}

/** IAM lets the tenant's main role read everything: only the policy limits it. */
function declareRoles({ aws }: Stage): void {
  const trust = (name: string) => trustIn(TENANT, name);
  aws.declareRole({ arn: role("tenant-secrets"), trust: trust("app"), secrets: [arnOf("*")] });
  aws.declareRole({ arn: role("tenant-narrow"), trust: trust("narrow"), secrets: [arnOf("tenant/own-*")] });
  aws.declareRole({ arn: PARTNER_ROLE, trust: trust("partner"), secrets: [arnOf("tenant/own-*")] });
  // An administrator's slip: the tenant's ServiceAccounts may assume these, as far as AWS is concerned.
  aws.declareRole({ arn: role("tenant-secrets-2"), trust: trust("app"), secrets: ["*"] });
  aws.declareRole({ arn: role("victim-secrets"), trust: trust("thief"), secrets: ["*"] });
}
