/** A Kubernetes object as JSON: times are RFC 3339 strings, unlike in client-node's models. */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
}

/** The part of metadata that a controller reads. Kubernetes API reference, ObjectMeta. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  /** Set when deletion was requested. The object is removed when its finalizers are gone. */
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Names one object of a known kind. */
export interface NamespacedName {
  /** Absent or empty for cluster-scoped objects. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `namespace/name`, or `name` without a namespace: the key of an object in stores, queues and logs. */
export function keyOf({ namespace, name }: NamespacedName): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** The reverse of `keyOf`; the namespace is empty if there is none. Exact, because names have no slash. */
export function parseKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) };
}
