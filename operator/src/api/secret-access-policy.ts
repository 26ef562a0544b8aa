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
    'write a glob of whole ARNs, such as "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/*"',
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
  // Elsewhere in Kubernetes an empty selector means everything. Here a misspelt field, which the API server drops, must
  // not open all secrets to all namespaces.
  namespaces: withRules(labelSelector, [
    {
      cel: "size(self.?matchLabels.orValue({})) + size(self.?matchExpressions.orValue([])) > 0",
      message:
        "an empty selector would mean every namespace: write matchLabels or matchExpressions; where every namespace is meant, " +
        "matchExpressions: [{key: kubernetes.io/metadata.name, operator: Exists}]",
      holds: ({ matchLabels, matchExpressions }) =>
        Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length > 0,
    },
  ]).describe(
    "The namespaces that are allowed, by their labels. Every namespace has the label kubernetes.io/metadata.name. " +
      "An empty selector is refused.",
  ),
  secrets: z
    .array(glob)
    .min(1)
    .max(64)
    .meta({ "x-kubernetes-list-type": "set" })
    .describe(
      "The secrets that are allowed, as globs of their whole ARNs: * stands for any characters, / included, ? for one. The " +
        "ARN of a secret ends in a hyphen and six characters that AWS chose, so an exact name ends in -??????. From 1 to 64.",
    ),
  actions: z
    .array(action)
    .min(1)
    .max(2)
    .meta({ "x-kubernetes-list-type": "set" })
    .describe(
      "What is allowed. Read: to have the value in a Secret. Rotate: to have the secret rotated. Neither implies the other.",
    ),
  identities: z
    .array(identity)
    .min(1)
    .max(2)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe(
      "With whose rights AWS may be called for it. Operator: the operator's own. ServiceAccount: those of a role that a " +
        "ServiceAccount of the namespace assumes (spec.auth of the RotatedSecret); needs roles. Default: [Operator].",
    ),
  roles: z
    .array(role)
    .min(1)
    .max(64)
    .meta({ "x-kubernetes-list-type": "set" })
    .optional()
    .describe(
      "The IAM roles that may be assumed, as globs of their ARNs: * stands for any characters, / included, ? for one. Needed " +
        "with identity ServiceAccount, and refused without it. From 1 to 64.",
    ),
});

/** What is allowed, to whom. */
export const secretAccessPolicySpec = withRules(policyFields, [
  {
    cel: "(has(self.identities) && 'ServiceAccount' in self.identities) || !has(self.roles)",
    message: "roles are for identity ServiceAccount: write identities: [ServiceAccount], or remove roles",
    holds: ({ identities = [], roles }) => identities.includes("ServiceAccount") || roles === undefined,
  },
  {
    cel: "!has(self.identities) || !('ServiceAccount' in self.identities) || has(self.roles)",
    message:
      'identity ServiceAccount needs the roles that may be assumed: write for instance roles: ["arn:aws:iam::111122223333:role/payments-*"]',
    holds: ({ identities = [], roles }) => !identities.includes("ServiceAccount") || roles !== undefined,
  },
]);

/** What the CRD's schema is made from. */
export const secretAccessPolicySchema = z
  .object({ spec: secretAccessPolicySpec.describe("What is allowed, to whom.") })
  .describe(
    "Says which namespaces may use which secrets of AWS Secrets Manager. Policies add up; what none of them allows is refused.",
  );

/** What is allowed, to whom. */
export type SecretAccessPolicySpec = DeepReadonly<z.infer<typeof secretAccessPolicySpec>>;
/** An action that a policy allows. */
export type SecretAction = z.infer<typeof action>;

/** A SecretAccessPolicy as the operator works on it. */
export interface SecretAccessPolicy {
  readonly metadata: DeepReadonly<z.infer<typeof clusterObjectMeta>>;
  readonly spec: SecretAccessPolicySpec;
}

/** A policy that cannot be read allows nothing. */
export type ParsedSecretAccessPolicy =
  | { readonly kind: "valid"; readonly resource: SecretAccessPolicy }
  | { readonly kind: "invalid"; readonly problems: Problems };

const resource = z.object({ metadata: clusterObjectMeta, spec: secretAccessPolicySpec });

/** Reads a SecretAccessPolicy without trust in the CRD that let it in. Never throws. Unknown fields are dropped. */
export function parseSecretAccessPolicy(object: unknown): ParsedSecretAccessPolicy {
  const parsed = resource.safeParse(object);
  if (parsed.success) return { kind: "valid", resource: parsed.data };
  return { kind: "invalid", problems: problemsOf(parsed.error) };
}
