import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import { objectMeta } from "../../api/object-meta.ts";
import type { RotatedSecret, RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { EventNote, Reporting } from "../../ports/reporting.ts";
import { ROTATED_SECRETS } from "../api-server/api-resources.ts";
import { conditionalWrite } from "../api-server/conditional-write.ts";
import type { WatchedRotatedSecret } from "../resources/watched-rotated-secret.ts";
import { EventRecorder, type EventRecorderOptions } from "./event-recorder.ts";

/** Options of KubernetesReporting. */
export interface KubernetesReportingOptions extends EventRecorderOptions {
  readonly client: Pick<KubeClient, "create" | "patch">;
  /** The RotatedSecrets. It remembers the answers to status writes. */
  readonly store: Store<WatchedRotatedSecret>;
}

/** Status and events at the API server. Needs the verbs patch on rotatedsecrets/status, create and patch on events. */
export class KubernetesReporting implements Reporting {
  readonly #client: KubernetesReportingOptions["client"];
  readonly #store: Store<WatchedRotatedSecret>;
  readonly #events: EventRecorder;

  constructor(options: KubernetesReportingOptions) {
    this.#client = options.client;
    this.#store = options.store;
    this.#events = new EventRecorder(options);
  }

  /**
   * A JSON patch, because it replaces the whole status: a merge patch would keep fields that are gone, and a PUT would
   * need the verb update and the spec. The resourceVersion is set, not tested: the API server's own check answers with
   * 409, while a failed test answers with the same 422 as any bad patch.
   */
  async writeStatus(
    { metadata }: Pick<RotatedSecret, "metadata">,
    status: RotatedSecretStatus,
    signal: AbortSignal,
  ): Promise<RotatedSecret["metadata"]> {
    const what = `the status of the RotatedSecret ${keyOf(metadata)}`;
    const body = [
      { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
      { op: "add", path: "/status", value: status },
    ];
    const path = objectPath(ROTATED_SECRETS, metadata, "status");
    const options = { type: "json", fieldManager: FIELD_MANAGER, signal } as const;
    const object = await conditionalWrite(what, this.#client.patch(path, body, options));
    this.#store.remember(object);
    return objectMeta.parse(object.metadata);
  }

  record({ metadata }: Pick<RotatedSecret, "metadata">, note: EventNote): Promise<void> {
    return this.#events.record(metadata, note);
  }
}
