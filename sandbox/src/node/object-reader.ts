import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { watchCollection } from "../cluster/watch-collection.ts";
import type { StoredObject } from "./kubernetes-types.ts";
import type { KeyValues, ObjectData, Reference } from "./object-data.ts";

interface Content {
  /** Base64 in Secrets, plain text in ConfigMaps. */
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. Only in ConfigMaps. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

interface Watched {
  readonly listeners: Set<() => void>;
  readonly end: AbortController;
}

/**
 * Secrets and ConfigMaps for pods. A value is read from the API server each time a container starts or a volume is
 * written, so it is never older than a kubelet's. Each object that a pod refers to has one watch (the kubelet's Watch
 * strategy), which only says when to read again.
 */
export class ObjectReader {
  readonly #client: KubeClient;
  readonly #watched = new Map<string, Watched>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** Reads all of them now. Objects that do not exist are `undefined` in the result. @throws as KubeClient does */
  async read(references: readonly Reference[]): Promise<ObjectData> {
    const contents = new Map<string, KeyValues | undefined>();
    const distinct = new Map(references.map((reference) => [pathOf(reference), reference]));
    await Promise.all(
      [...distinct].map(async ([path, reference]) => {
        const content = await this.#client.find<Content>(path);
        contents.set(
          `${reference.resource}/${reference.name}`,
          content && decode(reference.resource, content),
        );
      }),
    );
    return {
      secret: (name) => contents.get(`secrets/${name}`),
      configMap: (name) => contents.get(`configmaps/${name}`),
    };
  }

  /**
   * Calls `onChange` after any change of these objects, and once for each existing object at the beginning. Returns a
   * function that ends the subscription.
   */
  subscribe(references: readonly Reference[], onChange: () => void): () => void {
    const paths = new Map(references.map((reference) => [pathOf(reference), reference]));
    for (const [path, reference] of paths) this.#listen(path, reference).listeners.add(onChange);
    return () => {
      for (const path of paths.keys()) this.#unlisten(path, onChange);
    };
  }

  /** Ends all watches. */
  close(): void {
    for (const { end } of this.#watched.values()) end.abort();
    this.#watched.clear();
  }

  #listen(path: string, reference: Reference): Watched {
    const existing = this.#watched.get(path);
    if (existing) return existing;
    const watched: Watched = { listeners: new Set(), end: new AbortController() };
    this.#watched.set(path, watched);
    const tell = () => {
      for (const listener of watched.listeners) listener();
    };
    void watchCollection<StoredObject>({
      client: this.#client,
      path: collectionOf(reference),
      selectors: { fieldSelector: `metadata.name=${reference.name}` },
      onUpsert: tell,
      onRemove: tell,
      signal: watched.end.signal,
    });
    return watched;
  }

  #unlisten(path: string, listener: () => void): void {
    const watched = this.#watched.get(path);
    if (!watched) return;
    watched.listeners.delete(listener);
    if (watched.listeners.size > 0) return;
    watched.end.abort();
    this.#watched.delete(path);
  }
}

function collectionOf({ resource, namespace }: Reference): string {
  return `/api/v1/namespaces/${namespace}/${resource}`;
}

function pathOf(reference: Reference): string {
  return `${collectionOf(reference)}/${reference.name}`;
}

function decode(resource: Reference["resource"], content: Content): KeyValues {
  const data = Object.entries(content.data ?? {});
  const binary = Object.entries(content.binaryData ?? {});
  return Object.fromEntries([
    ...data.map(
      ([key, value]) => [key, Buffer.from(value, resource === "secrets" ? "base64" : "utf8")] as const,
    ),
    ...binary.map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
  ]);
}
