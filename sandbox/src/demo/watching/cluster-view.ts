import { setTimeout as delay } from "node:timers/promises";
import { VERSION_ID_ANNOTATION, versionAnnotation } from "@rotated-secrets/contract/annotations";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { clusterClient } from "../../cluster/cluster-client.ts";
import { watchCollection } from "../../cluster/watch-collection.ts";
import type { Pod, StoredObject } from "../../node/kubernetes-types.ts";
import { PAYMENTS } from "../../samples/payments.ts";

/** A pod of one of the services. */
export interface ServicePod {
  readonly uid: string;
  readonly name: string;
  /** Name of its Deployment. */
  readonly service: string;
  /** The version that the operator restarted it for, by its annotation; undefined before the first restart. */
  readonly versionId: string | undefined;
  /** When `kubectl rollout restart` asked for it, ms since the epoch; undefined where that was never used. */
  readonly restartedAt: number | undefined;
  readonly phase: "starting" | "ready" | "ending";
  /** IP address by its status; empty before it has one. */
  readonly address: string;
}

/** The part of a RotatedSecret's status that the demo shows. */
export interface Progress {
  /** The version that all pods use; undefined while a rotation is under way. */
  readonly settledVersionId: string | undefined;
  /** Reason and message of the condition that matters most now. */
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

/** The annotation by which `kubectl rollout restart` changes a pod template. */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** The example's namespace as any client of the cluster sees it, by watches. */
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

  /** In the order of their creation. */
  get pods(): readonly ServicePod[] {
    return [...this.#pods.values()];
  }

  /** The version that the Secret holds, by the operator's annotation. */
  get secretVersionId(): string | undefined {
    return this.#secretVersionId;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Calls `listener` after each change. Returns a function that ends the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a condition; resolves with the time at which it was first seen, ms since the epoch. @throws when aborted, and after `timeoutMs` */
  async until(
    what: string,
    isSo: () => boolean,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<number> {
    const ended = new AbortController();
    const met = new Promise<number>((resolve) => {
      const check = () => {
        if (isSo()) resolve(Date.now());
      };
      ended.signal.addEventListener("abort", this.onChange(check));
      check();
    });
    const signal = AbortSignal.any([options.signal, ended.signal]);
    const timeout = delay(options.timeoutMs, undefined, { signal }).then(() => {
      throw this.tooLate(what, options.timeoutMs);
    });
    try {
      return await Promise.race([met, timeout]);
    } finally {
      ended.abort();
      // The abort rejects it, and the race is over.
      timeout.catch(() => {});
    }
  }

  /** The error of a wait that took too long, with the state of the RotatedSecret. */
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
  const restartedAt = metadata.annotations?.[RESTARTED_AT];
  const isReady = status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True");
  return {
    uid: metadata.uid,
    name: metadata.name,
    service: metadata.labels?.app ?? "",
    // The annotation is the version's id. After a correction of foreign data a dot and a suffix follow.
    versionId: metadata.annotations?.[versionAnnotation(PAYMENTS.name)]?.split(".")[0],
    restartedAt: restartedAt === undefined ? undefined : Date.parse(restartedAt),
    phase: metadata.deletionTimestamp !== undefined ? "ending" : isReady ? "ready" : "starting",
    address: status?.podIP ?? "",
  };
}

/** During a rotation `settled` still names the version before it, so it does not count then. */
function progressOf({ status = {} }: RotatedSecretObject): Progress {
  const { conditions = [], rotation, settled } = status;
  const condition =
    ["Stalled", "Reconciling"]
      .map((type) => conditions.find((one) => one.type === type && one.status === "True"))
      .find(Boolean) ?? conditions.find(({ type }) => type === "Ready");
  return {
    settledVersionId: rotation === undefined ? settled?.versionId : undefined,
    says: condition === undefined ? "nothing yet" : `${condition.reason}: ${condition.message}`,
  };
}
