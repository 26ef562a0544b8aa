import { matchesGlob, mayMatchGlob } from "@rotated-secrets/contract/secret-glob";
import type { AwsIdentity } from "../../api/aws-identity.ts";
import { matchesLabels } from "../../api/label-selector.ts";
import type { SecretAccessPolicy, SecretAction } from "../../api/secret-access-policy.ts";
import { known } from "../../ports/fact.ts";
import type { ServiceAccountReading } from "../../ports/service-accounts.ts";
import type { World } from "../world.ts";

/** A namespace, and the policies that may apply to it. */
export type Grantee = Pick<World, "policies" | "namespaceLabels">;

/**
 * Whether a SecretAccessPolicy allows the resource's namespace this action on the secret with this ARN, with the identity that
 * calls AWS. Policies add up, but one of them must allow secret, action and identity together. A namespace or a role that is
 * not known yet is granted nothing.
 */
export function isGranted(world: World, arn: string, action: SecretAction): boolean {
  return policiesFor(world).some(
    (policy) =>
      policy.spec.actions.includes(action) &&
      policy.spec.secrets.some((glob) => matchesGlob(glob, arn)) &&
      allowsIdentity(policy, world),
  );
}

/**
 * Whether a policy could allow the namespace this action on the secret that its resource names, before its ARN is known. It
 * never grants anything. It decides whether the namespace may see AWS's answer about the secret.
 */
export function couldBeGranted(world: World, action: SecretAction): boolean {
  const forms = formsOfArn(world.spec);
  return policiesFor(world).some(
    (policy) =>
      policy.spec.actions.includes(action) &&
      policy.spec.secrets.some((glob) => forms.some((form) => mayMatchGlob(glob, form))) &&
      allowsIdentity(policy, world),
  );
}

/** Whether a policy lets the namespace assume this role. Without a role: whether a policy lets it assume any role. */
export function mayAssume(grantee: Grantee, roleArn: string | undefined): boolean {
  return policiesFor(grantee).some(
    (policy) => allowsServiceAccounts(policy) && (roleArn === undefined || allowsRole(policy, roleArn)),
  );
}

/** The role of a ServiceAccount's identity: the one in the spec, or the one in its annotation; undefined if neither is known. */
export function roleOf(
  identity: AwsIdentity,
  reading: ServiceAccountReading | undefined,
): string | undefined {
  if (identity.kind === "Operator") return undefined;
  return identity.roleArn ?? (reading?.kind === "present" ? reading.roleArn : undefined);
}

/** AWS: "AWS partitions" in the whitepaper Fault Isolation Boundaries, and those that came later. */
const PARTITIONS = [
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
];

/** The ARNs that a name, an ARN or a partial ARN can mean. `?` stands for a character that only AWS knows. */
function formsOfArn({ secretId, region }: World["spec"]): readonly string[] {
  if (secretId.startsWith("arn:")) return [secretId, `${secretId}-??????`];
  return PARTITIONS.map(
    (partition) => `arn:${partition}:secretsmanager:${region}:${"?".repeat(12)}:secret:${secretId}-??????`,
  );
}

function policiesFor({ policies, namespaceLabels }: Grantee): readonly SecretAccessPolicy[] {
  if (namespaceLabels === undefined) return [];
  return policies.filter(({ spec }) => matchesLabels(spec.namespaces, namespaceLabels));
}

function allowsIdentity(policy: SecretAccessPolicy, { spec, account }: World): boolean {
  if (spec.identity.kind === "Operator") return policy.spec.identities?.includes("Operator") ?? true;
  const roleArn = roleOf(spec.identity, known(account));
  return roleArn !== undefined && allowsServiceAccounts(policy) && allowsRole(policy, roleArn);
}

function allowsServiceAccounts({ spec }: SecretAccessPolicy): boolean {
  return spec.identities?.includes("ServiceAccount") ?? false;
}

function allowsRole({ spec }: SecretAccessPolicy, roleArn: string): boolean {
  return spec.roles?.some((glob) => matchesGlob(glob, roleArn)) ?? false;
}
