import { FIELD_MANAGER, versionAnnotation } from "@rotated-secrets/contract/annotations";
import { hasStatus } from "@rotated-secrets/kube-runtime/client/api-error";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { listAll } from "@rotated-secrets/kube-runtime/client/list-all";
import { collectionPath, objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import { matchesLabels } from "../../api/label-selector.ts";
import type { WorkloadChoice } from "../../api/workload-choice.ts";
import { parseWorkloadText, WORKLOAD_KINDS, workloadText } from "../../api/workload-kind.ts";
import { Conflict, type NamespacedName } from "../../ports/target-secrets.ts";
import {
  isPodOf,
  type KeyNeeds,
  type PodOwner,
  type ReaderPod,
  type Workload,
  type WorkloadRef,
  type Workloads,
} from "../../ports/workloads.ts";
import { CRON_JOBS, PODS, WORKLOADS } from "../api-server/api-resources.ts";
import { conditionalWrite } from "../api-server/conditional-write.ts";
import { type CronJob, cronJobSchema, keyNeedsOf } from "./key-needs.ts";
import { type Pod, podSchema } from "./pod.ts";
import { readerPod } from "./reader-pod.ts";
import { type WatchedWorkload, workloadOf } from "./watched-workload.ts";
import { READS_SECRET, REDUCE_WORKLOAD, type WatchedWorkloads } from "./watched-workloads.ts";

/** The API server leaves out ended pods: finished Jobs can have many. */
const NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed";

/** Options of KubernetesWorkloads. */
export interface KubernetesWorkloadsOptions {
  readonly client: Pick<KubeClient, "list" | "patch">;
  /** All workloads by kind, with the index `READS_SECRET`. Their stores remember the answers to the operator's writes. */
  readonly watched: WatchedWorkloads;
}

/** Workloads and pods at the API server. Needs the verbs list, watch and patch on the kinds of workloads, and list on pods and cronjobs. */
export class KubernetesWorkloads implements Workloads {
  readonly #client: KubernetesWorkloadsOptions["client"];
  readonly #watched: WatchedWorkloads;

  constructor({ client, watched }: KubernetesWorkloadsOptions) {
    this.#client = client;
    this.#watched = watched;
  }

  /** Leaves out a workload that is being deleted: it cannot be rolled. Its pods are in `pods` until they are gone. */
  cached(secret: NamespacedName, choice: WorkloadChoice): readonly Workload[] {
    return this.#chosen(secret, choice)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map((workload) => workloadOf(workload, secret.name))
      .sort((a, b) => (workloadText(a.ref) < workloadText(b.ref) ? -1 : 1));
  }

  async pods(
    { namespace, name }: NamespacedName,
    choice: WorkloadChoice,
    signal: AbortSignal,
  ): Promise<readonly ReaderPod[]> {
    const pods = await this.#listPods(namespace, signal);
    const query = {
      secret: name,
      counts: (owner: PodOwner, reads: boolean) => this.#counts(namespace, choice, owner, reads),
    };
    return pods.flatMap((pod) => readerPod(pod, query) ?? []);
  }

  async keyNeeds(secret: NamespacedName, signal: AbortSignal): Promise<KeyNeeds> {
    const { namespace, name } = secret;
    const workloads = this.#chosen(secret, { kind: "Auto" }).filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    try {
      const [cronJobs, pods] = await Promise.all([
        this.#listCronJobs(namespace, signal),
        this.#listPods(namespace, signal),
      ]);
      return { kind: "needs", needs: keyNeedsOf(name, { workloads, cronJobs, pods }) };
    } catch (error) {
      if (!hasStatus(error, 403)) throw error;
      return { kind: "refused", why: `list CronJobs and pods of namespace "${namespace}"` };
    }
  }

  async #listCronJobs(namespace: string, signal: AbortSignal): Promise<readonly CronJob[]> {
    const { items } = await listAll<unknown>(
      this.#client,
      collectionPath(CRON_JOBS, namespace),
      {},
      { signal },
    );
    return items.map((item) => cronJobSchema.parse(item));
  }

  async #listPods(namespace: string, signal: AbortSignal): Promise<readonly Pod[]> {
    const path = collectionPath(PODS, namespace);
    const { items } = await listAll<unknown>(this.#client, path, { fieldSelector: NOT_ENDED }, { signal });
    return items.map((item) => podSchema.parse(item));
  }

  #chosen(secret: NamespacedName, choice: WorkloadChoice): readonly WatchedWorkload[] {
    const { namespace } = secret;
    const stores = WORKLOAD_KINDS.map((kind) => this.#watched[kind].store);
    switch (choice.kind) {
      case "None":
        return [];
      case "Auto":
        return stores.flatMap((store) => store.byIndex(READS_SECRET, keyOf(secret)));
      case "Names":
        return [...new Set(choice.names.map(workloadText))].flatMap((text) => {
          const { kind, name } = parseWorkloadText(text);
          return this.#watched[kind].store.get({ namespace, name }) ?? [];
        });
      case "Selector":
        return stores
          .flatMap((store) => store.list(namespace))
          .filter((workload) => isSelected(workload, choice));
    }
  }

  #counts(namespace: string, choice: WorkloadChoice, owner: PodOwner, reads: boolean): boolean {
    switch (choice.kind) {
      case "None":
      case "Auto":
        return reads;
      case "Names":
        return choice.names.some((name) => isPodOf({ owner }, name));
      case "Selector": {
        if (owner.kind === "Job" || owner.kind === "other") return false;
        const workload = this.#watched[owner.kind].store.get({ namespace, name: owner.name });
        // The labels of a workload that is gone are unknown.
        return workload === undefined ? reads : isSelected(workload, choice);
      }
    }
  }

  /**
   * A merge patch, not an apply: an apply would drop the annotations of other Secrets that the workload reads, which have
   * the same field manager. Without a resourceVersion, because only the operator writes this key.
   *
   * @throws Conflict if the workload is gone, or has been replaced by another of the same name.
   */
  async restart(
    secret: NamespacedName,
    workload: WorkloadRef,
    restartToken: string,
    signal: AbortSignal,
  ): Promise<Workload> {
    const what = `the ${workload.kind} ${keyOf(workload)}`;
    const { store } = this.#watched[workload.kind];
    const uid = store.get(workload)?.metadata.uid;
    if (uid === undefined) throw new Conflict(`${what}, which was to be restarted, is gone`);
    const template = { metadata: { annotations: { [versionAnnotation(secret.name)]: restartToken } } };
    const patch = this.#client.patch(
      objectPath(WORKLOADS[workload.kind], workload),
      { metadata: { uid }, spec: { template } },
      { type: "merge", fieldManager: FIELD_MANAGER, signal },
    );
    const object = await conditionalWrite(what, patch);
    store.remember(object);
    return workloadOf(REDUCE_WORKLOAD[workload.kind](object), secret.name);
  }
}

function isSelected(
  { metadata }: WatchedWorkload,
  { selector }: Extract<WorkloadChoice, { kind: "Selector" }>,
): boolean {
  return matchesLabels(selector, metadata.labels ?? {});
}
