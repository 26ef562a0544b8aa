import { z } from "zod";
import { formed } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { clusterObjectMeta } from "./object-meta.ts";
import { type Problems, problemsOf } from "./problems.ts";
import type { DeepReadonly } from "./readonly.ts";
import { withRules } from "./rules.ts";

const glob = formed({
  pattern: "^(arn:|[*])[A-Za-z0-9/_+=.@!:*?-]*$",
  message:
    'write a glob of complete ARNs, such as "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/*"',
  maxLength: 1_024,
});

const role = formed({
  pattern: "^(arn:|[*])[A-Za-z0-9/_+=,.@:*?-]*$",
  message: 'write a glob of ARNs of IAM roles, such as "arn:aws:iam::111122223333:role/payments-*"',
  maxLength: 1_024,
});

const action = z.enum(["Read", "Rotate"]);
const identity = z.enum(["Operator", "ServiceAccount"]);

const policyFields = z.object({
  // In Kubernetes an empty selector matches everything. The API server drops misspelt fields, and such a mistake must not
  // open all secrets to all namespaces.
  namespaces: withRules(labelSelector, [
    {
      cel: "size(self.?matchLabels.orValue({})) + size(self.?matchExpressions.orValue([])) > 0",
      message:
        "an empty selector would mean every namespace: write matchLabels or matchExpressions; for every namespace write " +
        "matchExpressions: [{key: kubernetes.io/metadata.name, operator: Exists}]",
      holds: ({ matchLabels, matchExpressions }) =>
        Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length > 0,
    },
  ]).describe(
    "The allowed namespaces, by their labels. Every namespace has the label kubernetes.io/metadata.name. " +
      "An empty selector is refused.",
  ),
  secrets: z
    .array(glob)
    .min(1)
    .max(64)
    .meta({ "x-kubernetes-list-type": "set" })
    .describe(
      "The allowed secrets, as globs of complete ARNs: * matches any characters including /, ? matches one. The ARN of a " +
        "secret ends in a hyphen and six characters that AWS chooses, so an exact name ends in -??????. From 1 to 64.",
    ),
  actions: z
    .array(action)
    .min(1)
    .max(2)
    .meta({ "x-kubernetes-list-type": "set" })
    .describe(
      "The allowed actions. Read: get the value into a Secret. Rotate: start rotations. Neither implies the other.",
    ),
  identities: z
    .array(identity)
    .min(1)
    .max(2)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe(
      "The allowed AWS identities. Operator: the operator's own identity. ServiceAccount: a role that a ServiceAccount of the " +
        "namespace assumes (spec.auth of the RotatedSecret); requires roles. Default: [Operator].",
    ),
  roles: z
    .array(role)
    .min(1)
    .max(64)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe(
      "The IAM roles that may be assumed, as globs of their ARNs: * matches any characters including /, ? matches one. " +
        "Required with identity ServiceAccount, refused otherwise. From 1 to 64.",
    ),
});

/** The rights that a policy gives. */
export const secretAccessPolicySpec = withRules(policyFields, [
  {
    cel: "(has(self.identities) && 'ServiceAccount' in self.identities) || !has(self.roles)",
    message:
      "roles only apply to identity ServiceAccount: write identities: [ServiceAccount], or remove roles",
    holds: ({ identities = [], roles }) => identities.includes("ServiceAccount") || roles === undefined,
  },
  {
    cel: "!has(self.identities) || !('ServiceAccount' in self.identities) || has(self.roles)",
    message:
      'identity ServiceAccount needs the roles that may be assumed: write for example roles: ["arn:aws:iam::111122223333:role/payments-*"]',
    holds: ({ identities = [], roles }) => !identities.includes("ServiceAccount") || roles !== undefined,
  },
]);

/** The schema of the CRD. */
export const secretAccessPolicySchema = z
  .object({ spec: secretAccessPolicySpec.describe("The rights that the policy gives.") })
  .describe(
    "Allows namespaces to use secrets of AWS Secrets Manager. The rights of all policies add up. Everything else is refused.",
  );

/** The rights that a policy gives. */
export type SecretAccessPolicySpec = DeepReadonly<z.infer<typeof secretAccessPolicySpec>>;
/** An action that a policy allows. */
export type SecretAction = z.infer<typeof action>;

/** A parsed SecretAccessPolicy. */
export interface SecretAccessPolicy {
  readonly metadata: DeepReadonly<z.infer<typeof clusterObjectMeta>>;
  readonly spec: SecretAccessPolicySpec;
}

/** The result of parsing a policy. An invalid policy allows nothing. */
export type ParsedSecretAccessPolicy =
  | { readonly kind: "valid"; readonly resource: SecretAccessPolicy }
  | { readonly kind: "invalid"; readonly problems: Problems };

const resource = z.object({ metadata: clusterObjectMeta, spec: secretAccessPolicySpec });

/** Parses a SecretAccessPolicy, and checks all rules of the CRD again. Never throws. Unknown fields are dropped. */
export function parseSecretAccessPolicy(object: unknown): ParsedSecretAccessPolicy {
  const parsed = resource.safeParse(object);
  if (parsed.success) return { kind: "valid", resource: parsed.data };
  return { kind: "invalid", problems: problemsOf(parsed.error) };
}
