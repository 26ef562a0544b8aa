import type {
  V1Container,
  V1KeyToPath,
  V1Node,
  V1ObjectMeta,
  V1PodSpec,
  V1PodStatus,
  V1Probe,
  V1Volume,
} from "@kubernetes/client-node";

/** A model of client-node in its JSON form: read-only, and Dates are RFC 3339 text. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Element)[]
    ? readonly Wire<Element>[]
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : T;

/** Metadata of an object that the API server has stored. */
export type StoredMeta = Wire<V1ObjectMeta> & {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
};

/** An object that the API server lists. */
export interface StoredObject {
  readonly metadata: StoredMeta;
}

/** A pod that the API server has stored. */
export interface Pod extends StoredObject {
  readonly spec: Wire<V1PodSpec>;
  readonly status?: PodStatus;
}

/** Parts of a pod in their JSON form. */
export type PodStatus = Wire<V1PodStatus>;
export type PodCondition = NonNullable<PodStatus["conditions"]>[number];
export type ContainerStatus = NonNullable<PodStatus["containerStatuses"]>[number];
export type ContainerSpec = Wire<V1Container>;
export type ProbeSpec = Wire<V1Probe>;
export type VolumeSpec = Wire<V1Volume>;
export type KeyToPath = Wire<V1KeyToPath>;

/** The Node object. */
export interface NodeObject extends StoredObject {
  readonly status?: Wire<NonNullable<V1Node["status"]>>;
}

/** A time in a kubelet's form: RFC 3339 in whole seconds, truncated. */
export function wireTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
