import { createHash } from "node:crypto";
import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import type { KubeApi } from "@rotated-secrets/kube-runtime/client/kube-client";
import type { NamespacedName } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import type {
  ReconcileContext,
  Reconciler,
  Result,
} from "@rotated-secrets/kube-runtime/controller/reconciler";
import { CONFIG_MAPS, type ConfigMap } from "./config-maps.ts";

const CHECKSUM = "example.dev/checksum";

/** Keeps the annotation `example.dev/checksum` of each ConfigMap equal to a hash of its data. */
export class ChecksumReconciler implements Reconciler<NamespacedName> {
  readonly #client: Pick<KubeApi, "patch">;
  readonly #store: Store<ConfigMap>;

  constructor(client: Pick<KubeApi, "patch">, store: Store<ConfigMap>) {
    this.#client = client;
    this.#store = store;
  }

  async reconcile(key: NamespacedName, { signal, log }: ReconcileContext): Promise<Result> {
    // Read the state; the key does not say what happened.
    const found = this.#store.get(key);
    if (found === undefined) return { kind: "done" };
    const checksum = createHash("sha256").update(JSON.stringify(found.data)).digest("hex").slice(0, 16);
    if (found.metadata.annotations?.[CHECKSUM] === checksum) return { kind: "done" };
    // With the resourceVersion, the write is a 409 if somebody has changed the object: the controller tries again.
    const { resourceVersion } = found.metadata;
    const body = { metadata: { resourceVersion, annotations: { [CHECKSUM]: checksum } } };
    const path = objectPath(CONFIG_MAPS, key);
    const written = await this.#client.patch(path, body, { type: "merge", signal });
    // Read your writes: the next reconcile sees this state, even if it runs before the watch brings it.
    this.#store.remember(written);
    log.info("checksum written");
    return { kind: "done" };
  }
}
