import type { SecretAccessPolicy } from "../../api/secret-access-policy.ts";
import type { KnownRotatedSecret, RecordedRotation, Resources } from "../../ports/resources.ts";
import type { NamespacedName } from "../../ports/target-secrets.ts";
import type { WatchedResource } from "../api-server/watched-resource.ts";
import type { WatchedNamespace } from "./watched-namespace.ts";
import type { WatchedPolicy } from "./watched-policy.ts";
import { BY_SECRET_ARN, BY_UID, type WatchedRotatedSecret } from "./watched-rotated-secret.ts";

/** The collections that hold desired state. */
export interface KnownResourcesOptions {
  readonly rotatedSecrets: WatchedResource<WatchedRotatedSecret>;
  readonly policies: WatchedResource<WatchedPolicy>;
  readonly namespaces: WatchedResource<WatchedNamespace>;
}

/** Desired state, from the stores of the watches. */
export class KnownResources implements Resources {
  readonly #watched: KnownResourcesOptions;

  constructor(watched: KnownResourcesOptions) {
    this.#watched = watched;
  }

  rotatedSecret(name: NamespacedName): KnownRotatedSecret | undefined {
    return this.#watched.rotatedSecrets.store.get(name)?.parsed;
  }

  /** The name of the RotatedSecret with this UID in this namespace, also of an invalid one; undefined if there is none. */
  nameOf(namespace: string, uid: string): string | undefined {
    const found = this.#watched.rotatedSecrets.store.byIndex(BY_UID, uid);
    return found.find(({ metadata }) => metadata.namespace === namespace)?.metadata.name;
  }

  recordedRotations(secretArn: string): readonly RecordedRotation[] {
    const { store } = this.#watched.rotatedSecrets;
    return store.byIndex(BY_SECRET_ARN, secretArn).flatMap(({ parsed }) => {
      if (parsed.kind !== "valid") return [];
      const { metadata, status } = parsed.resource;
      const { uid, namespace, name } = metadata;
      const { rotation } = status;
      return rotation === undefined || rotation.trigger === "External"
        ? []
        : [{ uid, namespace, name, rotation }];
    });
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
