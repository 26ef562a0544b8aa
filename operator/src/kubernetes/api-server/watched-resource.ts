import { Store } from "@rotated-secrets/kube-runtime/cache/store";
import type {
  KubernetesObject,
  NamespacedName,
} from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { collectionPath, type Resource } from "@rotated-secrets/kube-runtime/client/resource";

/** A collection of which the operator keeps a copy. */
export interface WatchedResource<T extends KubernetesObject> {
  /** Names it in logs and metrics: `deployments`. */
  readonly name: string;
  /** The collection's path at the API server. */
  readonly path: string;
  /** The objects that are kept. @default all */
  readonly selectors?: { readonly labelSelector: string };
  /** The copy. */
  readonly store: Store<T>;
}

/** Receives an object of a watch that could not be read. */
export type ReadFailure = (resource: string, object: NamespacedName, error: unknown) => void;

/** How a collection is kept. */
export interface WatchedResourceOptions<T> {
  /** Reduces an object to the part that is kept. @throws when the object is not as the API server promises */
  readonly transform: (object: KubernetesObject) => T;
  readonly failed: ReadFailure;
  /** @default all objects */
  readonly labelSelector?: string;
}

/** A collection with an empty copy, for a reflector to fill. */
export function watchedResource<T extends KubernetesObject>(
  resource: Resource,
  { transform, failed, labelSelector }: WatchedResourceOptions<T>,
): WatchedResource<T> {
  return {
    name: resource.plural,
    path: collectionPath(resource),
    ...(labelSelector === undefined ? {} : { selectors: { labelSelector } }),
    store: new Store<T>({ transform, failed: (object, error) => failed(resource.plural, object, error) }),
  };
}
