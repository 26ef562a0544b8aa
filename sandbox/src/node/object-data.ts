/** The content of a Secret or ConfigMap, decoded. */
export type KeyValues = Readonly<Record<string, Buffer>>;

/** One Secret or ConfigMap that a pod refers to. */
export interface Reference {
  readonly resource: "secrets" | "configmaps";
  readonly namespace: string;
  readonly name: string;
}

/** What the objects that a pod refers to held when they were read. */
export interface ObjectData {
  /** `undefined` where there is no such Secret. */
  secret(name: string): KeyValues | undefined;
  /** `undefined` where there is no such ConfigMap. */
  configMap(name: string): KeyValues | undefined;
}
