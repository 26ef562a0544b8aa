import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { pause } from "../pause.ts";
import type { Pod, PodStatus } from "./kubernetes-types.ts";
import { isObjectGone } from "./object-gone.ts";
import { conditionStatus } from "./pod-status.ts";

/** Changes that come within this time travel together, milliseconds: a start is one write, not three. */
const GATHER_MS = 10;
const RETRY_MS = 500;

/** Whose status, and what it is. */
export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly pod: Pod;
  /** Gives the status as it is now. */
  readonly compute: () => PodStatus;
  /** Told of writes that failed and are tried again. */
  readonly complain: (error: unknown) => void;
  /** An abort gives up what is not yet written. */
  readonly signal: AbortSignal;
}

/** Writes one pod's status: serially, only when it differs from the last, again until the API server took it. */
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

  /** The status as last written. */
  get last(): PodStatus | undefined {
    return this.#last;
  }

  /** Has the current status written soon. */
  request(): void {
    this.#dirty = true;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when the current status is written, or the pod is gone. */
  async flush(): Promise<void> {
    this.request();
    await this.#writing;
  }

  /** Compares with what the API server shows: the node lifecycle controller turns Ready off while the node is away. */
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
    // Here and not behind the promise, so that no request falls between the last look at #dirty and the end.
    this.#writing = undefined;
  }

  async #write(status: PodStatus): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    // Merged by their key otherwise, and a pod whose node came again would have two.
    const podIPs = [...(status.podIPs ?? []), { $patch: "replace" }];
    const body = { metadata: { uid }, status: { ...status, podIPs } };
    const written = await this.#client.patch<Pod>(path, body, { type: "strategic" });
    this.#last = status;
    this.#lastVersion = Number(written.metadata.resourceVersion);
  }
}
