import { MANAGED_BY_LABEL, MANAGED_BY_VALUE } from "@rotated-secrets/contract/annotations";
import { Store } from "@rotated-secrets/kube-runtime/cache/store";
import {
  type KubernetesObject,
  keyOf,
  type NamespacedName,
  type ObjectMeta,
} from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { collectionPath, type Resource } from "@rotated-secrets/kube-runtime/client/resource";
import { z } from "zod";
import { clusterObjectMeta } from "../api/object-meta.ts";
import { type ParsedRotatedSecret, parseRotatedSecret } from "../api/rotated-secret.ts";
import { type ParsedSecretAccessPolicy, parseSecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { WorkloadKind } from "../api/workload-kind.ts";
import { NAMESPACES, ROTATED_SECRETS, SECRET_ACCESS_POLICIES, SECRETS, WORKLOADS } from "./api-resources.ts";
import { watchedDaemonSet } from "./readers/watched-daemon-set.ts";
import { watchedDeployment } from "./readers/watched-deployment.ts";
import { watchedStatefulSet } from "./readers/watched-stateful-set.ts";
import type { WatchedWorkload } from "./readers/watched-workload.ts";
import { type ManagedSecret, managedSecret } from "./target/managed-secret.ts";

/** A RotatedSecret, or what came in place of one: an object that breaks the rules is kept, so that its status can say so. */
export interface WatchedRotatedSecret {
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly parsed: ParsedRotatedSecret;
}

/** A SecretAccessPolicy; one that cannot be read allows nothing. */
export interface WatchedPolicy {
  readonly metadata: ObjectMeta;
  readonly parsed: ParsedSecretAccessPolicy;
}

/** A namespace: its name and labels. */
export interface WatchedNamespace {
  readonly metadata: ObjectMeta & { readonly labels: Readonly<Record<string, string>> };
}

/** A collection that the operator keeps a copy of. */
export interface WatchedResource<T extends KubernetesObject> {
  /** Names it in logs and metrics: `deployments`. */
  readonly name: string;
  /** The collection's path at the API server. */
  readonly path: string;
  /** Which of the objects; all where there is none. */
  readonly selectors?: { readonly labelSelector: string };
  /** The copy. */
  readonly store: Store<T>;
}

/** All that the operator watches. Pods are not among it: they are read when it matters. */
export interface WatchedResources {
  readonly rotatedSecrets: WatchedResource<WatchedRotatedSecret>;
  readonly policies: WatchedResource<WatchedPolicy>;
  readonly namespaces: WatchedResource<WatchedNamespace>;
  /** Only those with the operator's label: it sees no other Secret of the cluster. */
  readonly secrets: WatchedResource<ManagedSecret>;
  /** Found by the Secrets that they read through the index `READS_SECRET`. */
  readonly workloads: Readonly<Record<WorkloadKind, WatchedResource<WatchedWorkload>>>;
}

/** Index of workloads by `namespace/name` of each Secret that their pod template reads. */
export const READS_SECRET = "reads-secret";

/** Reduces a workload to what is kept of it, by kind. */
export const WATCHED: Readonly<Record<WorkloadKind, (object: unknown) => WatchedWorkload>> = {
  Deployment: watchedDeployment,
  StatefulSet: watchedStatefulSet,
  DaemonSet: watchedDaemonSet,
};

/** Makes the stores, still empty. `failed` hears of an object that could not be reduced to what is kept. */
export function watchedResources(
  failed: (resource: string, object: NamespacedName, error: unknown) => void,
): WatchedResources {
  const watched = <T extends KubernetesObject>(
    resource: Resource,
    transform: (object: KubernetesObject) => T,
    labelSelector?: string,
  ): WatchedResource<T> => ({
    name: resource.plural,
    path: collectionPath(resource),
    ...(labelSelector === undefined ? {} : { selectors: { labelSelector } }),
    store: new Store<T>({ transform, failed: (object, error) => failed(resource.plural, object, error) }),
  });
  const workloads = (kind: WorkloadKind) => {
    const resource = watched(WORKLOADS[kind], WATCHED[kind]);
    resource.store.addIndex(READS_SECRET, ({ metadata: { namespace }, reads }) =>
      [...reads].map((name) => keyOf({ namespace, name })),
    );
    return resource;
  };
  return {
    rotatedSecrets: watched(ROTATED_SECRETS, watchedRotatedSecret),
    policies: watched(SECRET_ACCESS_POLICIES, watchedPolicy),
    namespaces: watched(NAMESPACES, watchedNamespace),
    secrets: watched(SECRETS, managedSecret, `${MANAGED_BY_LABEL}=${MANAGED_BY_VALUE}`),
    workloads: {
      Deployment: workloads("Deployment"),
      StatefulSet: workloads("StatefulSet"),
      DaemonSet: workloads("DaemonSet"),
    },
  };
}

function watchedRotatedSecret(object: KubernetesObject): WatchedRotatedSecret {
  const { namespace = "", ...metadata } = identityOf(object);
  return { metadata: { ...metadata, namespace }, parsed: parseRotatedSecret(object) };
}

function watchedPolicy(object: KubernetesObject): WatchedPolicy {
  return { metadata: identityOf(object), parsed: parseSecretAccessPolicy(object) };
}

/** What the store needs; the rest of the metadata is with what was parsed. */
function identityOf({ metadata }: KubernetesObject): ObjectMeta {
  const { namespace, name, uid, resourceVersion, generation } = metadata;
  return { namespace, name, uid, resourceVersion, generation };
}

const namespaceMeta = clusterObjectMeta
  .pick({ name: true, uid: true, resourceVersion: true })
  .extend({ labels: z.record(z.string(), z.string()).default({}) });

function watchedNamespace({ metadata }: KubernetesObject): WatchedNamespace {
  return { metadata: namespaceMeta.parse(metadata) };
}
