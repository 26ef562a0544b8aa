import { setTimeout as delay } from "node:timers/promises";
import { VERSION_ID_ANNOTATION, versionAnnotation } from "@rotated-secrets/contract/annotations";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { clusterClient } from "../cluster/cluster-client.ts";
import { watchCollection } from "../cluster/watch-collection.ts";
import type { Pod, StoredObject } from "../node/kubernetes-types.ts";
import { PAYMENTS } from "../samples/payments.ts";

/** A pod of one of the services. */
export interface ServicePod {
  readonly uid: string;
  readonly name: string;
  /** Name of its Deployment. */
  readonly service: string;
  /** The version that it was made for, by its annotation; undefined for the pods of before the first rotation. */
  readonly versionId: string | undefined;
  readonly phase: "starting" | "ready" | "ending";
  /** As its status shows it; empty before it has one. */
  readonly address: string;
}

/** What the demo shows of a RotatedSecret's status. */
export interface Progress {
  readonly settledVersionId: string | undefined;
  /** Reason and message of the condition that tells most now. */
  readonly says: string;
}

interface RotatedSecretObject extends StoredObject {
  readonly status?: {
    readonly settled?: { readonly versionId: string };
    readonly rotation?: object;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

/** The example's namespace as watches show it, the way any client of the cluster sees it. */
export class ClusterView {
  readonly #pods = new Map<string, ServicePod>();
  readonly #listeners = new Set<() => void>();
  #secretVersionId: string | undefined;
  #progress: Progress = { settledVersionId: undefined, says: "nothing yet" };

  /** Watches until aborted. */
  static async start(kubeconfig: string, signal: AbortSignal): Promise<ClusterView> {
    const client = clusterClient(kubeconfig);
    signal.addEventListener("abort", () => void client.close(), { once: true });
    const view = new ClusterView();
    view.#watch(client, signal);
    return view;
  }

  /** In the order of their making. */
  get pods(): readonly ServicePod[] {
    return [...this.#pods.values()];
  }

  /** The version whose value the Secret carries. */
  get secretVersionId(): string | undefined {
    return this.#secretVersionId;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Calls `listener` after each change; returns a function that ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a condition; resolves with when it was first seen, ms since the epoch. @throws when aborted, or after `timeoutMs` with what the RotatedSecret says */
  async until(
    what: string,
    isSo: () => boolean,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<number> {
    const ended = new AbortController();
    const met = new Promise<number>((resolve) => {
      const look = () => {
        if (isSo()) resolve(Date.now());
      };
      ended.signal.addEventListener("abort", this.onChange(look));
      look();
    });
    const signal = AbortSignal.any([options.signal, ended.signal]);
    const timeout = delay(options.timeoutMs, undefined, { signal }).then(() => {
      throw this.tooLate(what, options.timeoutMs);
    });
    try {
      return await Promise.race([met, timeout]);
    } finally {
      ended.abort();
      // Its end by the abort is no news.
      timeout.catch(() => {});
    }
  }

  /** The error that tells of a wait that was in vain. */
  tooLate(what: string, timeoutMs: number): Error {
    return new Error(
      `Not within ${timeoutMs / 1_000} s: ${what}. The RotatedSecret ${PAYMENTS.name} says: ${this.#progress.says}`,
    );
  }

  #watch(client: KubeClient, signal: AbortSignal): void {
    const { namespace, name } = PAYMENTS;
    const changed = () => {
      for (const listener of this.#listeners) listener();
    };
    const byName = { selectors: { fieldSelector: `metadata.name=${name}` } };
    void watchCollection<Pod>({
      ...{ client, signal, path: `/api/v1/namespaces/${namespace}/pods` },
      onUpsert: (pod) => {
        this.#pods.set(pod.metadata.uid, servicePod(pod));
        changed();
      },
      onRemove: (pod) => {
        this.#pods.delete(pod.metadata.uid);
        changed();
      },
    });
    void watchCollection({
      ...{ client, signal, ...byName, path: `/api/v1/namespaces/${namespace}/secrets` },
      onUpsert: ({ metadata }) => {
        this.#secretVersionId = metadata.annotations?.[VERSION_ID_ANNOTATION];
        changed();
      },
      onRemove: () => {},
    });
    void watchCollection<RotatedSecretObject>({
      ...{
        client,
        signal,
        ...byName,
        path: `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${namespace}/rotatedsecrets`,
      },
      onUpsert: (resource) => {
        this.#progress = progressOf(resource);
        changed();
      },
      onRemove: () => {},
    });
  }
}

function servicePod({ metadata, status }: Pod): ServicePod {
  const isReady = status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True");
  return {
    uid: metadata.uid,
    name: metadata.name,
    service: metadata.labels?.app ?? "",
    // The text is the version's id, and after a correction of foreign data a suffix after a dot.
    versionId: metadata.annotations?.[versionAnnotation(PAYMENTS.name)]?.split(".")[0],
    phase: metadata.deletionTimestamp !== undefined ? "ending" : isReady ? "ready" : "starting",
    address: status?.podIP ?? "",
  };
}

/** At rest only where nothing is under way: `settled` alone is also true of the version before. */
function progressOf({ status = {} }: RotatedSecretObject): Progress {
  const { conditions = [], rotation, settled } = status;
  const telling =
    ["Stalled", "Reconciling"]
      .map((type) => conditions.find((one) => one.type === type && one.status === "True"))
      .find(Boolean) ?? conditions.find(({ type }) => type === "Ready");
  return {
    settledVersionId: rotation === undefined ? settled?.versionId : undefined,
    says: telling === undefined ? "nothing yet" : `${telling.reason}: ${telling.message}`,
  };
}
