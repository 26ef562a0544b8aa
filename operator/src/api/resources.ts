/** The API group of all resources of this project. */
export const GROUP = "rotatedsecrets.dev";
/** The API version that is served and stored. */
export const VERSION = "v1alpha1";
/** The `apiVersion` of a manifest. */
export const API_VERSION = `${GROUP}/${VERSION}`;

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  /** `date` shows the time that has passed. A future time would show as invalid. */
  readonly type: "string" | "date" | "integer";
  readonly jsonPath: string;
  readonly description: string;
  /** 1: only with `-o wide`. Absent: always. */
  readonly priority?: 1;
}

/** The definition of a kind, without its schema. */
export interface Resource {
  readonly kind: string;
  readonly singular: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Never `secrets`, which hides the core Secrets from kubectl. Never `all`, because `kubectl delete all --all` would delete it. */
  readonly categories: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly columns: readonly PrinterColumn[];
  /** Whether it has a status subresource. */
  readonly hasStatus: boolean;
}

const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "Time since the resource was created.",
};

/** The kind RotatedSecret. */
export const ROTATED_SECRET: Resource = {
  kind: "RotatedSecret",
  singular: "rotatedsecret",
  plural: "rotatedsecrets",
  shortNames: ["rsec"],
  categories: ["rotated-secrets"],
  scope: "Namespaced",
  hasStatus: true,
  columns: [
    {
      name: "Ready",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: "Whether the Secret exists and its readers use a credential that should be valid.",
    },
    {
      name: "Current",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Current")].status',
      description: "Whether all readers use the version with AWSCURRENT.",
    },
    {
      name: "Reason",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: "The reason for the state in column Ready.",
    },
    {
      name: "Workloads",
      type: "string",
      jsonPath: ".status.workloads.progress",
      description: "The workloads that are proven to use the Secret's version, of all that read the Secret.",
    },
    {
      name: "AWS Secret",
      type: "string",
      jsonPath: ".spec.secretId",
      description: "The secret in AWS.",
    },
    {
      name: "Last Rotation",
      type: "date",
      jsonPath: ".status.lastRotation",
      description: "Time since the current version was created.",
    },
    {
      name: "Next",
      type: "string",
      jsonPath: ".status.nextRotation",
      description: "When the operator starts the next rotation, or why it starts none.",
    },
    AGE,
    {
      name: "Target",
      type: "string",
      jsonPath: ".status.secretName",
      description: "The Secret in the cluster.",
      priority: 1,
    },
    {
      name: "Version",
      type: "string",
      jsonPath: ".status.currentVersion",
      description: "The version in the Secret.",
      priority: 1,
    },
    {
      name: "Identity",
      type: "string",
      jsonPath: ".status.identity",
      description: "The AWS identity in use.",
      priority: 1,
    },
  ],
};

/** The kind SecretAccessPolicy. */
export const SECRET_ACCESS_POLICY: Resource = {
  kind: "SecretAccessPolicy",
  singular: "secretaccesspolicy",
  plural: "secretaccesspolicies",
  shortNames: [],
  categories: ["rotated-secrets"],
  scope: "Cluster",
  hasStatus: false,
  columns: [
    {
      name: "Namespaces",
      type: "string",
      jsonPath: ".spec.namespaces",
      description: "The labels of the namespaces that the policy is for.",
    },
    {
      name: "Secrets",
      type: "string",
      jsonPath: ".spec.secrets",
      description: "The ARNs of the secrets that the policy allows.",
    },
    {
      name: "Actions",
      type: "string",
      jsonPath: ".spec.actions",
      description: "The actions that the policy allows.",
    },
    {
      name: "Identities",
      type: "string",
      jsonPath: ".spec.identities",
      description: "The AWS identities that the policy allows; none means the operator's own.",
    },
    AGE,
  ],
};
