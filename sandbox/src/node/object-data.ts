/** The decoded content of a Secret or ConfigMap. */
export type KeyValues = Readonly<Record<string, Buffer>>;

/** One Secret or ConfigMap that a pod refers to. */
export interface Reference {
  readonly resource: "secrets" | "configmaps";
  readonly namespace: string;
  readonly name: string;
}

/** The contents of the objects that a pod refers to, at the time when they were read. */
export interface ObjectData {
  /** `undefined` if the Secret does not exist. */
  secret(name: string): KeyValues | undefined;
  /** `undefined` if the ConfigMap does not exist. */
  configMap(name: string): KeyValues | undefined;
}
