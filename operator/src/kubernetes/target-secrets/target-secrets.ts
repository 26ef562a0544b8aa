import {
  DOCUMENT_ANNOTATION,
  FIELD_MANAGER,
  MANAGED_BY_LABEL,
  MANAGED_BY_VALUE,
  MANAGED_LABEL,
  METADATA_ANNOTATION,
  OWNER_UID_ANNOTATION,
  VERSION_ID_ANNOTATION,
  WRITES_ANNOTATION,
} from "@rotated-secrets/contract/annotations";
import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { hasStatus } from "@rotated-secrets/kube-runtime/client/api-error";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { type KubernetesObject, keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import { API_VERSION, ROTATED_SECRET } from "../../api/resources.ts";
import type {
  NamespacedName,
  SecretWriteRequest,
  TargetSecret,
  TargetSecrets,
} from "../../ports/target-secrets.ts";
import { SECRETS } from "../api-server/api-resources.ts";
import { conditionalWrite } from "../api-server/conditional-write.ts";
import { formatDataHistory, type ManagedSecret, managedSecret } from "./managed-secret.ts";

/**
 * A resourceVersion that no object has: etcd's first revision is its empty state. An apply with it creates a missing
 * object and is refused (409) if the object exists, in one transaction.
 *
 * A create would do that too. But then the keys belong to the *Update* operation of our field manager, and a later apply
 * (operation *Apply*) without a key would not remove it. A test against a real API server holds both.
 */
const NO_SUCH_VERSION = "1";

/** Options of KubernetesTargetSecrets. */
export interface KubernetesTargetSecretsOptions {
  readonly client: Pick<KubeClient, "get" | "apply" | "patch">;
  /** The Secrets that the operator manages. It remembers the answers to the operator's writes. */
  readonly store: Store<ManagedSecret>;
  /** The Secrets that it manages and whose label belongs to others. */
  readonly lentStore: Store<ManagedSecret>;
  /** Names the RotatedSecret with this UID in this namespace; undefined if there is none. */
  readonly owners: { nameOf(namespace: string, uid: string): string | undefined };
}

/** Target Secrets at the API server. Needs the verbs list, watch, get, create and patch on secrets. */
export class KubernetesTargetSecrets implements TargetSecrets {
  readonly #client: KubernetesTargetSecretsOptions["client"];
  readonly #store: Store<ManagedSecret>;
  readonly #lentStore: Store<ManagedSecret>;
  readonly #owners: KubernetesTargetSecretsOptions["owners"];

  constructor({ client, store, lentStore, owners }: KubernetesTargetSecretsOptions) {
    this.#client = client;
    this.#store = store;
    this.#lentStore = lentStore;
    this.#owners = owners;
  }

  cached(target: NamespacedName): TargetSecret | undefined {
    const held = this.#store.get(target) ?? this.#lentStore.get(target);
    return held === undefined ? undefined : this.#withOwner(held);
  }

  async read(target: NamespacedName, signal: AbortSignal): Promise<TargetSecret> {
    try {
      return this.#withOwner(managedSecret(await this.#client.get(objectPath(SECRETS, target), { signal })));
    } catch (error) {
      if (hasStatus(error, 404)) return { kind: "absent" };
      throw error;
    }
  }

  apply(request: SecretWriteRequest, signal: AbortSignal): Promise<TargetSecret> {
    const { target } = request;
    const options = { fieldManager: FIELD_MANAGER, force: true, signal };
    return this.#written(target, this.#client.apply(objectPath(SECRETS, target), secretOf(request), options));
  }

  removeKeys(
    target: NamespacedName,
    keys: readonly string[],
    over: { readonly uid: string; readonly resourceVersion: string },
    signal: AbortSignal,
  ): Promise<TargetSecret> {
    // A merge patch, because its resourceVersion fails as a conflict; a JSON patch's `test` fails like any bad request.
    const body = { metadata: precondition(over), data: Object.fromEntries(keys.map((key) => [key, null])) };
    const options = { type: "merge", fieldManager: FIELD_MANAGER, signal } as const;
    return this.#written(target, this.#client.patch(objectPath(SECRETS, target), body, options));
  }

  async #written(target: NamespacedName, write: Promise<KubernetesObject>): Promise<TargetSecret> {
    const object = await conditionalWrite(`the Secret ${keyOf(target)}`, write);
    const written = managedSecret(object);
    (written.secret.managedBy === MANAGED_BY_VALUE ? this.#store : this.#lentStore).remember(object);
    return this.#withOwner(written);
  }

  #withOwner({ metadata, secret }: ManagedSecret): TargetSecret {
    const { ownerUid } = secret;
    const ownerName = ownerUid === undefined ? undefined : this.#owners.nameOf(metadata.namespace, ownerUid);
    return ownerName === undefined ? secret : { ...secret, ownerName };
  }
}

/**
 * The whole Secret. `data`, not `stringData`, whose keys a later apply would not remove. Fields that are not named here,
 * such as the owner's consent to the adoption, do not change.
 */
function secretOf(request: SecretWriteRequest): unknown {
  const { target, type, metadata, data, versionId, documentForm, owner, dataHistory, over } = request;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...target,
      ...(over === undefined ? { resourceVersion: NO_SUCH_VERSION } : precondition(over)),
      ...(metadata.deletedWithOwner ? { ownerReferences: [ownerReference(owner)] } : {}),
      labels: { ...metadata.labels, ...ownLabel(metadata) },
      annotations: {
        ...metadata.annotations,
        ...(metadata.hash === undefined ? {} : { [METADATA_ANNOTATION]: metadata.hash }),
        [VERSION_ID_ANNOTATION]: versionId,
        [DOCUMENT_ANNOTATION]: documentForm,
        [OWNER_UID_ANNOTATION]: owner.uid,
        [WRITES_ANNOTATION]: formatDataHistory(dataHistory),
      },
    },
    type,
    data: data.reveal(),
  };
}

/** The label by which the operator finds its Secrets. */
function ownLabel({ leavesLabel }: SecretWriteRequest["metadata"]) {
  return leavesLabel === true ? { [MANAGED_LABEL]: "true" } : { [MANAGED_BY_LABEL]: MANAGED_BY_VALUE };
}

/** Without `controller: true`: an object can have only one controller, and an adopted Secret may have one already. */
function ownerReference({ name, uid }: SecretWriteRequest["owner"]) {
  return { apiVersion: API_VERSION, kind: ROTATED_SECRET.kind, name, uid };
}

/** The uid keeps an apply from creating the object again; the resourceVersion rejects every write over a changed object. */
function precondition({ uid, resourceVersion }: { readonly uid: string; readonly resourceVersion: string }) {
  return { uid, resourceVersion };
}
