/** What every Kubernetes object has, as JSON says it (times are RFC 3339 strings, unlike client-node's models). */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
}

/** The part of metadata that a controller reads. Kubernetes API reference, ObjectMeta. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent on what belongs to the whole cluster. */
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  /** Set once deletion was asked for; the object goes when its finalizers are gone. */
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Names one object of a known kind. */
export interface NamespacedName {
  /** Absent or empty for what belongs to the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `namespace/name`, or `name` alone without a namespace: the key of stores and queues, and how logs name an object. */
export function keyOf({ namespace, name }: NamespacedName): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** The reverse of `keyOf`, with an empty namespace where there is none; names hold no slash, so it is exact. */
export function parseKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) };
}
