import { MANAGED_BY_LABEL, MANAGED_BY_VALUE, MANAGED_LABEL } from "@rotated-secrets/contract/annotations";
import { SECRETS } from "./api-server/api-resources.ts";
import { type ReadFailure, type WatchedResource, watchedResource } from "./api-server/watched-resource.ts";
import { type WatchedWorkloads, watchedWorkloads } from "./readers/watched-workloads.ts";
import { type WatchedNamespace, watchedNamespaces } from "./resources/watched-namespace.ts";
import { type WatchedPolicy, watchedPolicies } from "./resources/watched-policy.ts";
import { type WatchedRotatedSecret, watchedRotatedSecrets } from "./resources/watched-rotated-secret.ts";
import { type ManagedSecret, managedSecret } from "./target-secrets/managed-secret.ts";

/** Everything that the operator watches. Pods are not among it: they are read when a decision needs them. */
export interface WatchedResources {
  /** With the indices `BY_TARGET` and `BY_UID`. */
  readonly rotatedSecrets: WatchedResource<WatchedRotatedSecret>;
  readonly policies: WatchedResource<WatchedPolicy>;
  readonly namespaces: WatchedResource<WatchedNamespace>;
  /** Only Secrets with the operator's label: it sees no other Secret of the cluster. */
  readonly secrets: WatchedResource<ManagedSecret>;
  /** Secrets of the operator whose label `app.kubernetes.io/managed-by` belongs to others. */
  readonly lentSecrets: WatchedResource<ManagedSecret>;
  /** With the index `READS_SECRET`. */
  readonly workloads: WatchedWorkloads;
}

/** Options of watchedResources. */
export interface WatchedResourcesOptions {
  /** The region of AWS secrets whose RotatedSecret names none. */
  readonly region: string;
  /** Receives objects that could not be read. */
  readonly failed: ReadFailure;
}

/** Creates the stores, still empty. */
export function watchedResources({ region, failed }: WatchedResourcesOptions): WatchedResources {
  const labelSelector = `${MANAGED_BY_LABEL}=${MANAGED_BY_VALUE}`;
  const lent = `${MANAGED_LABEL},${MANAGED_BY_LABEL}!=${MANAGED_BY_VALUE}`;
  return {
    rotatedSecrets: watchedRotatedSecrets(region, failed),
    policies: watchedPolicies(failed),
    namespaces: watchedNamespaces(failed),
    secrets: watchedResource(SECRETS, { transform: managedSecret, failed, labelSelector }),
    lentSecrets: {
      ...watchedResource(SECRETS, { transform: managedSecret, failed, labelSelector: lent }),
      name: "lent-secrets",
    },
    workloads: watchedWorkloads(failed),
  };
}
