/** The API group of all resources of this project. */
export const GROUP = "rotatedsecrets.dev";
/** The version that is served and stored. */
export const VERSION = "v1alpha1";
/** As it stands in a manifest. */
export const API_VERSION = `${GROUP}/${VERSION}`;

/** A column that `kubectl get` shows. */
export interface PrinterColumn {
  readonly name: string;
  /** `date` shows the time since; a time in the future would show as invalid. */
  readonly type: "string" | "date" | "integer";
  readonly jsonPath: string;
  readonly description: string;
}

/** What the API server has to know of a kind besides its schema. */
export interface Resource {
  readonly kind: string;
  readonly singular: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Never `secrets`, which hides the core Secrets from kubectl, and never `all`, which `kubectl delete all --all` takes along. */
  readonly categories: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly columns: readonly PrinterColumn[];
  /** Whether it has a status, as a subresource of its own. */
  readonly hasStatus: boolean;
}

const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "Time since the resource was made.",
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
      description: "Whether the Secret exists and its readers run a credential believed to be valid.",
    },
    {
      name: "Current",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Current")].status',
      description: "Whether the readers hold what AWS calls AWSCURRENT.",
    },
    {
      name: "Reason",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: "Why it is, or is not, ready.",
    },
    {
      name: "Secret",
      type: "string",
      jsonPath: ".spec.secretId",
      description:
        "The secret in AWS. (The Secret in the cluster has the resource's own name, if not said otherwise.)",
    },
    {
      name: "Last Rotation",
      type: "date",
      jsonPath: ".status.lastRotation",
      description: "Time since the current version was made.",
    },
    {
      name: "Next",
      type: "string",
      jsonPath: ".status.nextRotation",
      description: "When the operator rotates next.",
    },
    AGE,
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
      name: "Actions",
      type: "string",
      jsonPath: ".spec.actions",
      description: "What the policy allows.",
    },
    AGE,
  ],
};
