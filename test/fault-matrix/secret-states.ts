import { VERSION_ID_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import type { WatchEvent } from "@rotated-secrets/kube-runtime/client/watch-event";
import { eventually } from "../support/eventually.ts";

/** The state of a Secret at one moment. */
export interface SecretState {
  readonly event: "ADDED" | "MODIFIED" | "DELETED";
  readonly versionId: string | undefined;
  readonly data: Readonly<Record<string, string>>;
}

interface Secret {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Every state that the API server has shown of a Secret, from its own watch: not through the proxy. */
export class SecretStates {
  readonly #api: KubeClient;
  readonly #path: string;
  readonly #name: string;
  readonly #ending = new AbortController();
  readonly #states: SecretState[] = [];
  readonly #watching: Promise<void>;
  #resourceVersion: string | undefined;

  constructor(api: KubeClient, namespace: string, name: string) {
    this.#api = api;
    this.#path = `/api/v1/namespaces/${namespace}/secrets`;
    this.#name = name;
    this.#watching = this.#keepWatching();
  }

  /** All so far, the one that the API server has now included. */
  async all(): Promise<readonly SecretState[]> {
    await eventually("the watch has seen the Secret as it is now", async () => {
      const { metadata } = await this.#read();
      return metadata.resourceVersion === this.#resourceVersion ? true : undefined;
    });
    return this.#states;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }

  /** A watch that breaks goes on where it was, so that nothing is missed. */
  async #keepWatching(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#watch().catch(() => new Promise((resolve) => setTimeout(resolve, 100)));
    }
  }

  async #watch(): Promise<void> {
    if (this.#resourceVersion === undefined) this.#take({ type: "ADDED", object: await this.#read() });
    const query = {
      fieldSelector: `metadata.name=${this.#name}`,
      resourceVersion: this.#resourceVersion ?? "",
      allowWatchBookmarks: true,
    };
    for await (const { type, object } of this.#api.watch(this.#path, query, this.#ending.signal)) {
      this.#take({ type, object: object as Secret });
    }
  }

  #take({ type, object }: { type: WatchEvent["type"]; object: Secret }): void {
    // A bookmark's version may be of another object.
    if (type === "BOOKMARK") return;
    const { metadata, data = {} } = object;
    this.#resourceVersion = metadata.resourceVersion;
    this.#states.push({
      event: type,
      versionId: metadata.annotations?.[VERSION_ID_ANNOTATION],
      data: Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
      ),
    });
  }

  #read(): Promise<Secret> {
    return this.#api.get(`${this.#path}/${this.#name}`);
  }
}
