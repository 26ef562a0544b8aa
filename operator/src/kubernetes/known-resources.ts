import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import type { ParsedRotatedSecret, RotatedSecret } from "../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { Resources } from "../ports/resources.ts";
import type { NamespacedName } from "../ports/target-secrets.ts";
import type { WatchedResources, WatchedRotatedSecret } from "./watched-resources.ts";

/** Index of RotatedSecrets by `namespace/name` of the Secret that they keep. */
export const BY_TARGET = "by-target";

/** `namespace/name` of the Secret that a RotatedSecret keeps; one that cannot be read keeps none. */
export function targetKey({ parsed }: WatchedRotatedSecret): string | undefined {
  if (parsed.kind !== "valid") return undefined;
  const { metadata, spec } = parsed.resource;
  return keyOf({ namespace: metadata.namespace, name: spec.target?.name ?? metadata.name });
}

/** What people and the cluster ask for, from the watches' stores. */
export class KnownResources implements Resources {
  readonly #watched: WatchedResources;

  /** Adds the index `BY_TARGET` to the store of RotatedSecrets. */
  constructor(watched: WatchedResources) {
    this.#watched = watched;
    watched.rotatedSecrets.store.addIndex(BY_TARGET, (resource) => {
      const key = targetKey(resource);
      return key === undefined ? [] : [key];
    });
  }

  rotatedSecret(name: NamespacedName): ParsedRotatedSecret | undefined {
    return this.#watched.rotatedSecrets.store.get(name)?.parsed;
  }

  neighbours({ metadata }: RotatedSecret): readonly { readonly name: string; readonly uid: string }[] {
    return this.#watched.rotatedSecrets.store
      .list(metadata.namespace)
      .flatMap(({ metadata: { name, uid } }) =>
        uid === undefined || uid === metadata.uid ? [] : [{ name, uid }],
      );
  }

  policies(): readonly SecretAccessPolicy[] {
    return this.#watched.policies.store
      .list()
      .flatMap(({ parsed }) => (parsed.kind === "valid" ? [parsed.resource] : []));
  }

  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined {
    return this.#watched.namespaces.store.get({ name: namespace })?.metadata.labels;
  }
}
