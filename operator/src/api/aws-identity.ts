/** A ServiceAccount in the RotatedSecret's namespace, whose token assumes an IAM role. */
export interface ServiceAccountIdentity {
  readonly kind: "ServiceAccount";
  readonly namespace: string;
  readonly name: string;
  /** The role in the RotatedSecret; undefined to use the ServiceAccount's annotation. */
  readonly roleArn: string | undefined;
}

/**
 * The AWS identity for calls about a secret.
 *
 * - `Operator`: the credentials that the SDK's default chain finds in the operator's pod.
 * - `ServiceAccount`: a role, assumed with the ServiceAccount's token.
 */
export type AwsIdentity = { readonly kind: "Operator" } | ServiceAccountIdentity;

/** The operator's own identity. */
export const OPERATOR: AwsIdentity = { kind: "Operator" };

/** Annotation of a ServiceAccount with the ARN of its role. EKS user guide, "IAM roles for service accounts". */
export const ROLE_ARN_ANNOTATION = "eks.amazonaws.com/role-arn";

/** The form of a role's ARN, in both RE2 and JavaScript. AWS: IAM API reference, Role. */
export const ROLE_ARN_PATTERN = "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$";

/** A text that is unique for each identity. Names contain no space, and namespaces no `/`, so the parts cannot mix. */
export function identityKey(identity: AwsIdentity): string {
  if (identity.kind === "Operator") return "operator";
  const { namespace, name, roleArn = "" } = identity;
  return `${namespace}/${name} ${roleArn}`;
}
