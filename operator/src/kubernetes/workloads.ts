import { FIELD_MANAGER, versionAnnotation } from "@rotated-secrets/contract/annotations";
import { Conflict, type NamespacedName } from "../ports/target-secrets.ts";
import type { ReaderPod, Workload, WorkloadRef, Workloads } from "../ports/workloads.ts";
import type { KubeClient } from "../runtime/kube-client.ts";
import { keyOf } from "../runtime/kubernetes-object.ts";
import { listAll } from "../runtime/list-all.ts";
import { collectionPath, objectPath } from "../runtime/resource.ts";
import type { Store } from "../runtime/store.ts";
import { DEPLOYMENTS, PODS } from "./api-resources.ts";
import { judgedWrite } from "./judged-write.ts";
import { podSchema } from "./pod.ts";
import { readerPod } from "./reader-pod.ts";
import { type WatchedDeployment, watchedDeployment, workloadOf } from "./watched-deployment.ts";
import { READS_SECRET } from "./watched-resources.ts";

/** Ended pods of finished Jobs can be many; the server leaves them out. */
const NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed";

/** What the adapter works with. */
export interface KubernetesWorkloadsOptions {
  readonly client: Pick<KubeClient, "list" | "patch">;
  /** All Deployments, with the index `READS_SECRET`; answers to the operator's writes are laid over it. */
  readonly store: Store<WatchedDeployment>;
}

/** Deployments and pods at the API server. Needs list, watch and patch on deployments, and list on pods. */
export class KubernetesWorkloads implements Workloads {
  readonly #client: KubernetesWorkloadsOptions["client"];
  readonly #store: Store<WatchedDeployment>;

  constructor({ client, store }: KubernetesWorkloadsOptions) {
    this.#client = client;
    this.#store = store;
  }

  /** A Deployment that is being deleted is left out: it cannot be rolled. Its pods show in `pods` until they are gone. */
  cached(secret: NamespacedName, names: readonly string[] | undefined): readonly Workload[] {
    const { namespace } = secret;
    const found =
      names === undefined
        ? this.#store.byIndex(READS_SECRET, keyOf(secret))
        : [...new Set(names)].flatMap((name) => this.#store.get({ namespace, name }) ?? []);
    return [...found]
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map((deployment) => workloadOf(deployment, secret.name))
      .sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1));
  }

  async pods(
    { namespace, name }: NamespacedName,
    names: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly ReaderPod[]> {
    const path = collectionPath(PODS, namespace);
    const { items } = await listAll<unknown>(this.#client, path, { fieldSelector: NOT_ENDED }, { signal });
    return items.flatMap((item) => readerPod(podSchema.parse(item), { secret: name, names }) ?? []);
  }

  /**
   * A merge patch, not an apply: an apply would drop the annotations of the other Secrets that the Deployment reads,
   * which have the same field manager. Without a resourceVersion, as it touches one key that nobody else writes.
   *
   * @throws Conflict when the Deployment is gone, or is another one of the same name.
   */
  async restart(
    secret: NamespacedName,
    workload: WorkloadRef,
    text: string,
    signal: AbortSignal,
  ): Promise<Workload> {
    const what = `the Deployment ${keyOf(workload)}`;
    const uid = this.#store.get(workload)?.metadata.uid;
    if (uid === undefined) throw new Conflict(`${what}, which was to be restarted, is gone: look again`);
    const template = { metadata: { annotations: { [versionAnnotation(secret.name)]: text } } };
    const patch = this.#client.patch(
      objectPath(DEPLOYMENTS, workload),
      { metadata: { uid }, spec: { template } },
      { type: "merge", fieldManager: FIELD_MANAGER, signal },
    );
    const object = await judgedWrite(what, patch);
    this.#store.remember(object);
    return workloadOf(watchedDeployment(object), secret.name);
  }
}
