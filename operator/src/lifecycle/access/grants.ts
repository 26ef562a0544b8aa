import type { AwsIdentity } from "../../api/aws-identity.ts";
import { matchesLabels } from "../../api/label-selector.ts";
import type { SecretAccessPolicy, SecretAction } from "../../api/secret-access-policy.ts";
import { matchesGlob, mayMatchGlob } from "../../api/secret-glob.ts";
import { known } from "../../ports/fact.ts";
import type { ServiceAccountReading } from "../../ports/service-accounts.ts";
import type { World } from "../world.ts";

/** A namespace, and the policies that may speak of it. */
export type Grantee = Pick<World, "policies" | "namespaceLabels">;

/**
 * Whether a SecretAccessPolicy lets the resource's namespace do this to the secret with this ARN, as AWS resolved it, with
 * the rights that AWS is called with. Policies add up, but one of them must allow all of it together; a namespace that is
 * not known is granted nothing, and neither is an identity whose role is not known.
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
 * Whether a policy could let the namespace do this to what its resource names, whichever secret that turns out to be. It
 * never grants anything: it says whether what AWS answers about the secret is any of the namespace's business.
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

/** Whether any policy lets the namespace assume this role; without a role, whether there is any role that it may assume. */
export function mayAssume(grantee: Grantee, roleArn: string | undefined): boolean {
  return policiesFor(grantee).some(
    (policy) => allowsServiceAccounts(policy) && (roleArn === undefined || allowsRole(policy, roleArn)),
  );
}

/** The role that a ServiceAccount's identity stands for: the one that is written, else its annotation's; undefined where there is none, or none is known yet. */
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

/** The ARNs that the name, the ARN or the part of one may stand for; `?` is a character that only AWS knows. */
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
