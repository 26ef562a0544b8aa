import { Store } from "@rotated-secrets/kube-runtime/cache/store";
import type { KubernetesObject, ObjectMeta } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import type { Resource } from "@rotated-secrets/kube-runtime/client/resource";
import { z } from "zod";

/** The resource of all examples. */
export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  scope: "Namespaced",
};

/** Label of the ConfigMaps that the example operator works on. */
export const MANAGED = "example.dev/managed";

/** The part of a ConfigMap that the examples keep. */
export interface ConfigMap {
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
}

/** Index of ConfigMaps by `namespace/team`, from their label `example.dev/team`. */
export const BY_TEAM = "by-team";

const schema = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  data: z.record(z.string(), z.string()).default({}),
});

/** Reads a ConfigMap of the API server. @throws ZodError if it is not one */
export function configMap(object: KubernetesObject): ConfigMap {
  return schema.parse(object);
}

/** An empty store of ConfigMaps. An object that cannot be read is reported and left out; it does not stop the watch. */
export function configMapStore(report: (name: string, error: unknown) => void): Store<ConfigMap> {
  const store = new Store<ConfigMap>({
    transform: configMap,
    failed: ({ name }, error) => report(name, error),
  });
  store.addIndex(BY_TEAM, ({ metadata: { namespace, labels } }) => {
    const team = labels?.["example.dev/team"];
    return team === undefined ? [] : [`${namespace}/${team}`];
  });
  return store;
}
