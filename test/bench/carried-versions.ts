import { VERSION_ID_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";

/** Which version each Secret of a namespace carries, and since when, as a watch shows it. */
export class CarriedVersions {
  readonly #versions = new Map<string, { readonly id: string; readonly at: number }>();
  readonly #waiting = new Set<() => void>();
  readonly #lifetime = new AbortController();
  #end: Promise<void> = Promise.resolve();

  /** Begins to watch. */
  static watch(api: KubeClient, namespace: string): CarriedVersions {
    const carried = new CarriedVersions();
    carried.#end = carried.#follow(api, `/api/v1/namespaces/${namespace}/secrets`);
    carried.#end.catch(() => {});
    return carried;
  }

  /**
   * Waits until each Secret named in `wanted` carries its version, or any where none is given; resolves with when the
   * last one came to it, ms since the epoch. @throws after `timeoutMs`, or when the watch breaks
   */
  async until(wanted: ReadonlyMap<string, string | undefined>, timeoutMs: number): Promise<number> {
    const missing = new Set(wanted.keys());
    const done = Promise.withResolvers<void>();
    const check = () => {
      for (const name of missing) {
        const id = this.#versions.get(name)?.id;
        if (id !== undefined && id === (wanted.get(name) ?? id)) missing.delete(name);
      }
      if (missing.size === 0) done.resolve();
    };
    const timer = setTimeout(() => {
      const [name = ""] = missing;
      done.reject(
        new Error(`after ${timeoutMs / 1_000} s ${missing.size} Secrets are not as wanted, such as ${name}`),
      );
    }, timeoutMs);
    this.#waiting.add(check);
    check();
    try {
      await Promise.race([done.promise, this.#end.then(() => Promise.reject(new Error("the watch ended")))]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(check);
    }
    return Math.max(...[...wanted.keys()].map((name) => this.#versions.get(name)?.at ?? 0));
  }

  /** Ends the watch. */
  async stop(): Promise<void> {
    this.#lifetime.abort();
    await this.#end.catch(() => {});
  }

  async #follow(api: KubeClient, path: string): Promise<void> {
    const query = { allowWatchBookmarks: true, timeoutSeconds: 3_600 };
    for await (const { object } of api.watch(path, query, this.#lifetime.signal)) {
      const { name, annotations = {} } = object.metadata;
      const id = annotations[VERSION_ID_ANNOTATION];
      if (id === undefined || id === this.#versions.get(name)?.id) continue;
      this.#versions.set(name, { id, at: Date.now() });
      for (const check of this.#waiting) check();
    }
  }
}
