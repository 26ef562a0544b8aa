import {
  type KubernetesObject,
  keyOf,
  type NamespacedName,
  type ObjectMeta,
} from "../client/kubernetes-object.ts";
import { compareResourceVersions } from "../client/resource-version.ts";
import { RememberedWrites } from "./remembered-writes.ts";
import { StoreIndex } from "./store-index.ts";

/** Where knowledge of a change comes from: the API server's list or watch, or the answer to our own write. */
export type Origin = "watch" | "remembered";

/** Told of every change, in order, once the store has it. Must be quick: the watch waits for it. */
export interface StoreListener<T> {
  readonly added?: (object: T, origin: Origin) => void;
  readonly updated?: (object: T, old: T, origin: Origin) => void;
  readonly deleted?: (old: T) => void;
}

/** How a store takes objects in. */
export interface StoreOptions<T> {
  /** Makes what is kept of an object: drop what nobody reads. managedFields is gone already. May throw: then the object's older state, if any, stays. */
  readonly transform: (object: KubernetesObject) => T;
  /** Told of an object that `transform` or a listener threw at. */
  readonly failed: (object: NamespacedName, error: unknown) => void;
}

const BY_NAMESPACE = "namespace";

/**
 * The cache of one resource: what the API server last said of each object, and the answers to our own writes that it
 * has not said yet. An object never goes back to an older resourceVersion, except when the server itself does.
 */
export class Store<T extends KubernetesObject> {
  readonly #options: StoreOptions<T>;
  readonly #objects = new Map<string, T>();
  readonly #indices = new Map<string, StoreIndex<T>>();
  readonly #listeners = new Set<StoreListener<T>>();
  /** Keys whose state is the answer to our own write, and its resourceVersion, until list or watch have come as far. */
  readonly #remembered = new RememberedWrites();
  #observed: string | undefined;

  constructor(options: StoreOptions<T>) {
    this.#options = options;
    this.addIndex(BY_NAMESPACE, ({ metadata }) => [metadata.namespace ?? ""]);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** The resourceVersion up to which list and watch have been seen; undefined before the first list. */
  get observedResourceVersion(): string | undefined {
    return this.#observed;
  }

  get(name: NamespacedName): T | undefined {
    return this.#objects.get(keyOf(name));
  }

  /** All objects, or those of one namespace; a copy that later changes leave alone. */
  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(BY_NAMESPACE, namespace);
  }

  /** Makes objects findable by the values that `valuesOf` gives. Returns the end of it. @throws Error when the name is taken */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): () => void {
    if (this.#indices.has(name)) throw new Error(`the store has an index "${name}" already`);
    const index = new StoreIndex(valuesOf);
    this.#indices.set(name, index);
    for (const object of this.#objects.values()) index.insert(object);
    return () => this.#indices.delete(name);
  }

  /** The objects that have `value` in the index. @throws Error for an unknown index */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`the store has no index "${name}"`);
    return index.get(value);
  }

  /** Adds a listener, and calls it at once for each object that is here, as added. Returns the end of it. */
  subscribe(listener: StoreListener<T>): () => void {
    this.#listeners.add(listener);
    for (const object of this.#objects.values()) this.#tell(object, () => listener.added?.(object, "watch"));
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes the API server's answer to our own write, so that the next read sees it (read your writes). Ignored when list
   * or watch have come as far: then the store has this state or a newer one, or knows that the object is gone.
   */
  remember(object: KubernetesObject): void {
    const { resourceVersion } = object.metadata;
    if (resourceVersion === undefined || compareResourceVersions(resourceVersion, this.#observed) <= 0)
      return;
    if (this.#put(object, "remembered")) this.#remembered.add(keyOf(object.metadata), resourceVersion);
  }

  /** A watch event ADDED or MODIFIED; one that was seen before is ignored. */
  upsert(object: KubernetesObject): void {
    if (this.#isPast(object)) return;
    this.#confirm(object);
    this.#put(object, "watch");
    this.observe(object.metadata.resourceVersion);
  }

  /** A watch event DELETED; the object carries the resourceVersion of its deletion. One that was seen before is ignored. */
  remove(object: KubernetesObject): void {
    if (this.#isPast(object)) return;
    this.#confirm(object);
    const key = keyOf(object.metadata);
    const held = this.#objects.get(key);
    // Newer than its deletion: our own write has made it again.
    if (held !== undefined && !this.#remembered.has(key)) this.#delete(key, held);
    this.observe(object.metadata.resourceVersion);
  }

  /** A bookmark: the watch has come as far as this. A remembered write that it passed in silence was not to be seen here, or is undone. */
  observe(resourceVersion: string | undefined): void {
    if (compareResourceVersions(resourceVersion, this.#observed) <= 0) return;
    this.#observed = resourceVersion;
    for (const key of this.#remembered.takeUpTo(resourceVersion)) {
      const held = this.#objects.get(key);
      if (held !== undefined) this.#delete(key, held);
    }
  }

  /**
   * A whole list as of `resourceVersion`; remembered writes that are newer stay. A list older than what was observed
   * means that the server went back (a restored etcd): then nothing of before is kept.
   */
  replace(objects: readonly KubernetesObject[], resourceVersion: string): void {
    const wentBack = compareResourceVersions(resourceVersion, this.#observed) < 0;
    if (wentBack) this.#remembered.forgetAll();
    else this.#remembered.takeUpTo(resourceVersion);
    const listed = new Set<string>();
    for (const object of objects) {
      listed.add(keyOf(object.metadata));
      this.#put(object, "watch", wentBack);
    }
    for (const [key, held] of [...this.#objects]) {
      if (!listed.has(key) && !this.#remembered.has(key)) this.#delete(key, held);
    }
    this.#observed = resourceVersion;
  }

  /** List or watch have come as far: whatever this says of the object, the store has that or something newer. */
  #isPast({ metadata }: KubernetesObject): boolean {
    return compareResourceVersions(metadata.resourceVersion, this.#observed) <= 0;
  }

  /** The watch has come as far as our own write of this object, or further. */
  #confirm({ metadata }: KubernetesObject): void {
    const written = this.#remembered.get(keyOf(metadata));
    if (compareResourceVersions(written, metadata.resourceVersion) <= 0)
      this.#remembered.forget(keyOf(metadata));
  }

  /** Returns whether the object was taken: it is newer than what is held, or is to be believed all the same. */
  #put(raw: KubernetesObject, origin: Origin, evenIfOlder = false): boolean {
    const key = keyOf(raw.metadata);
    const old = this.#objects.get(key);
    const order = compareResourceVersions(raw.metadata.resourceVersion, old?.metadata.resourceVersion);
    if (old !== undefined && order <= 0 && !evenIfOlder) return false;
    const object = this.#transform(raw);
    if (object === undefined) return false;
    this.#objects.set(key, object);
    for (const index of this.#indices.values()) {
      if (old !== undefined) index.withdraw(old);
      index.insert(object);
    }
    for (const listener of this.#listeners) {
      this.#tell(object, () =>
        old === undefined ? listener.added?.(object, origin) : listener.updated?.(object, old, origin),
      );
    }
    return true;
  }

  #delete(key: string, old: T): void {
    this.#objects.delete(key);
    for (const index of this.#indices.values()) index.withdraw(old);
    for (const listener of this.#listeners) this.#tell(old, () => listener.deleted?.(old));
  }

  #transform(raw: KubernetesObject): T | undefined {
    try {
      return this.#options.transform({ ...raw, metadata: withoutManagedFields(raw.metadata) });
    } catch (error) {
      this.#options.failed(raw.metadata, error);
      return undefined;
    }
  }

  #tell(object: T, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#options.failed(object.metadata, error);
    }
  }
}

/** managedFields is often the larger half of an object, and nobody reads it from a cache. */
function withoutManagedFields(metadata: ObjectMeta): ObjectMeta {
  const { managedFields: _, ...rest } = metadata as ObjectMeta & { readonly managedFields?: unknown };
  return rest;
}
