/** A ServiceAccount of a RotatedSecret's own namespace, in whose name a role of AWS is assumed. */
export interface ServiceAccountIdentity {
  readonly kind: "ServiceAccount";
  readonly namespace: string;
  readonly name: string;
  /** As the RotatedSecret has it; undefined where the ServiceAccount's own annotation counts. */
  readonly roleArn: string | undefined;
}

/**
 * With whose rights AWS is called.
 *
 * - `Operator`: what the SDK's default chain finds in the operator's pod.
 * - `ServiceAccount`: a role that the ServiceAccount assumes by its token.
 */
export type AwsIdentity = { readonly kind: "Operator" } | ServiceAccountIdentity;

/** The operator's own identity. */
export const OPERATOR: AwsIdentity = { kind: "Operator" };

/** The annotation of a ServiceAccount that names its role. EKS user guide, "IAM roles for service accounts". */
export const ROLE_ARN_ANNOTATION = "eks.amazonaws.com/role-arn";

/** The form of a role's ARN. AWS: IAM API reference, Role. Means the same in RE2 and in JavaScript. */
export const ROLE_ARN_PATTERN = "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$";

/** The same text for the same identity, and another for each other one: names hold no space, and no `/` in a namespace. */
export function identityKey(identity: AwsIdentity): string {
  if (identity.kind === "Operator") return "operator";
  const { namespace, name, roleArn = "" } = identity;
  return `${namespace}/${name} ${roleArn}`;
}
