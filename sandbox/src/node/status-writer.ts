import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { pause } from "../pause.ts";
import type { Pod, PodStatus } from "./kubernetes-types.ts";
import { isObjectGone } from "./object-gone.ts";
import { conditionStatus } from "./pod-status.ts";

/** Changes within this time are written together, in ms: the start of a container is one write instead of three. */
const GATHER_MS = 10;
const RETRY_MS = 500;

/** The pod, and the source of its status. */
export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly pod: Pod;
  /** Computes the current status. */
  readonly compute: () => PodStatus;
  /** Receives the errors of writes that are retried. */
  readonly complain: (error: unknown) => void;
  /** An abort drops the writes that are still outstanding. */
  readonly signal: AbortSignal;
}

/**
 * Writes one pod's status: one write at a time, only if it differs from the last one, and retried until it succeeds.
 */
export class StatusWriter {
  readonly #client: KubeClient;
  readonly #pod: Pod;
  readonly #compute: () => PodStatus;
  readonly #complain: (error: unknown) => void;
  readonly #signal: AbortSignal;
  #last: PodStatus | undefined;
  #lastVersion = 0;
  #dirty = false;
  #writing: Promise<void> | undefined;

  constructor(options: StatusWriterOptions) {
    this.#client = options.client;
    this.#pod = options.pod;
    this.#compute = options.compute;
    this.#complain = options.complain;
    this.#signal = options.signal;
  }

  /** The status that was written last. */
  get last(): PodStatus | undefined {
    return this.#last;
  }

  /** Requests a write of the current status. */
  request(): void {
    this.#dirty = true;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when the current status is written, or the pod is gone. */
  async flush(): Promise<void> {
    this.request();
    await this.#writing;
  }

  /** Compares with the API server's state: the node lifecycle controller sets Ready to False while the node is away. */
  observe(pod: Pod): void {
    const stale = Number(pod.metadata.resourceVersion) < this.#lastVersion;
    const ready = this.#last && conditionStatus(this.#last, "Ready");
    if (stale || !ready || ready === conditionStatus(pod.status, "Ready")) return;
    this.#last = undefined;
    this.request();
  }

  async #writeAll(): Promise<void> {
    await pause(GATHER_MS, this.#signal);
    while (this.#dirty && !this.#signal.aborted) {
      this.#dirty = false;
      const status = this.#compute();
      if (JSON.stringify(status) === JSON.stringify(this.#last)) continue;
      try {
        await this.#write(status);
      } catch (error) {
        if (isObjectGone(error)) break;
        this.#complain(error);
        this.#dirty = true;
        await pause(RETRY_MS, this.#signal);
      }
    }
    // Set here and not after the promise, so that no request is lost between the last check of #dirty and the end.
    this.#writing = undefined;
  }

  async #write(status: PodStatus): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    // Otherwise they are merged by key, and a pod whose node came back would have two.
    const podIPs = [...(status.podIPs ?? []), { $patch: "replace" }];
    const body = { metadata: { uid }, status: { ...status, podIPs } };
    const written = await this.#client.patch<Pod>(path, body, { type: "strategic" });
    this.#last = status;
    this.#lastVersion = Number(written.metadata.resourceVersion);
  }
}
