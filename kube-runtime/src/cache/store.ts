import {
  type KubernetesObject,
  keyOf,
  type NamespacedName,
  type ObjectMeta,
} from "../client/kubernetes-object.ts";
import { compareResourceVersions } from "../client/resource-version.ts";
import { RememberedWrites } from "./remembered-writes.ts";
import { StoreIndex } from "./store-index.ts";

/** Where a change comes from: the API server's list or watch, or the answer to our own write. */
export type Origin = "watch" | "remembered";

/** Receives every change, in order, after the store has it. Must return quickly: the watch waits. */
export interface StoreListener<T> {
  readonly added?: (object: T, origin: Origin) => void;
  readonly updated?: (object: T, old: T, origin: Origin) => void;
  /** `last` is the final state, from the watch event of the deletion; equal to `old` if only a list showed that the object is gone. */
  readonly deleted?: (old: T, last: T) => void;
}

/** Options of a Store. */
export interface StoreOptions<T> {
  /**
   * Returns the part of an object that the store keeps: drop fields that nothing reads. managedFields are gone already.
   * If it throws, the older state of the object stays.
   */
  readonly transform: (object: KubernetesObject) => T;
  /** Receives an object on which `transform` or a listener threw. */
  readonly failed: (object: NamespacedName, error: unknown) => void;
}

const BY_NAMESPACE = "namespace";

/**
 * The cache of one resource: the last state of each object from the list or watch, or from the answer to our own write
 * if that is newer. An object never goes back to an older resourceVersion, unless the API server itself does.
 */
export class Store<T extends KubernetesObject> {
  readonly #options: StoreOptions<T>;
  readonly #objects = new Map<string, T>();
  readonly #indices = new Map<string, StoreIndex<T>>();
  readonly #listeners = new Set<StoreListener<T>>();
  /** Our own writes that the list or watch has not reached yet. */
  readonly #remembered = new RememberedWrites();
  #observed: string | undefined;

  constructor(options: StoreOptions<T>) {
    this.#options = options;
    this.addIndex(BY_NAMESPACE, ({ metadata }) => [metadata.namespace ?? ""]);
  }

  /** How many objects are in the store. */
  get size(): number {
    return this.#objects.size;
  }

  /** The resourceVersion that the list or watch has reached; undefined before the first list. */
  get observedResourceVersion(): string | undefined {
    return this.#observed;
  }

  /** The object with this name; undefined if there is none. */
  get(name: NamespacedName): T | undefined {
    return this.#objects.get(keyOf(name));
  }

  /** All objects, or those of one namespace: a copy that later changes do not affect. */
  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(BY_NAMESPACE, namespace);
  }

  /** Makes objects findable by the values of `valuesOf`. Returns the end of it. @throws Error if the name is taken */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): () => void {
    if (this.#indices.has(name)) throw new Error(`the store has an index "${name}" already`);
    const index = new StoreIndex(valuesOf);
    this.#indices.set(name, index);
    for (const object of this.#objects.values()) index.insert(object);
    return () => this.#indices.delete(name);
  }

  /** The objects with this value in the index. @throws Error for an unknown index */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`the store has no index "${name}"`);
    return index.get(value);
  }

  /** Adds a listener, and calls it at once for each object that is here, as added. Returns the end of it. */
  subscribe(listener: StoreListener<T>): () => void {
    this.#listeners.add(listener);
    for (const object of this.#objects.values())
      this.#notify(object, () => listener.added?.(object, "watch"));
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes the API server's answer to our own write, so that the next read has it (read your writes). Ignored if the list
   * or watch has reached it: then the store has this state or a newer one, or the object is gone.
   */
  remember(object: KubernetesObject): void {
    const { resourceVersion } = object.metadata;
    if (resourceVersion === undefined || compareResourceVersions(resourceVersion, this.#observed) <= 0)
      return;
    if (this.#put(object, "remembered")) this.#remembered.add(keyOf(object.metadata), resourceVersion);
  }

  /** Takes a watch event ADDED or MODIFIED. Ignores one that was seen before. */
  upsert(object: KubernetesObject): void {
    if (this.#isPast(object)) return;
    this.#confirm(object);
    this.#put(object, "watch");
    this.observe(object.metadata.resourceVersion);
  }

  /** Takes a watch event DELETED; its object has the resourceVersion of the deletion. Ignores one that was seen before. */
  remove(object: KubernetesObject): void {
    if (this.#isPast(object)) return;
    this.#confirm(object);
    const key = keyOf(object.metadata);
    const held = this.#objects.get(key);
    // Our own write, newer than the deletion, has created the object again.
    if (held !== undefined && !this.#remembered.has(key)) this.#delete(key, held, this.#transform(object));
    this.observe(object.metadata.resourceVersion);
  }

  /** Takes a bookmark. If the watch has passed a remembered write without an event, that object is gone or not selected. */
  observe(resourceVersion: string | undefined): void {
    if (compareResourceVersions(resourceVersion, this.#observed) <= 0) return;
    this.#observed = resourceVersion;
    for (const key of this.#remembered.takeUpTo(resourceVersion)) {
      const held = this.#objects.get(key);
      if (held !== undefined) this.#delete(key, held);
    }
  }

  /**
   * Takes a whole list at `resourceVersion`. Remembered writes that are newer stay. A list that is older than the store
   * means that etcd was restored: then nothing from before is kept.
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

  /** Whether the list or watch has reached this state: then the store has it or a newer one. */
  #isPast({ metadata }: KubernetesObject): boolean {
    return compareResourceVersions(metadata.resourceVersion, this.#observed) <= 0;
  }

  /** Forgets our own write of this object if the watch has reached it. */
  #confirm({ metadata }: KubernetesObject): void {
    const written = this.#remembered.get(keyOf(metadata));
    if (compareResourceVersions(written, metadata.resourceVersion) <= 0)
      this.#remembered.forget(keyOf(metadata));
  }

  /** Stores the object if it is newer than the one in the store, or if told to. Returns whether it did. */
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
      this.#notify(object, () =>
        old === undefined ? listener.added?.(object, origin) : listener.updated?.(object, old, origin),
      );
    }
    return true;
  }

  #delete(key: string, old: T, last: T = old): void {
    this.#objects.delete(key);
    for (const index of this.#indices.values()) index.withdraw(old);
    for (const listener of this.#listeners) this.#notify(old, () => listener.deleted?.(old, last));
  }

  #transform(raw: KubernetesObject): T | undefined {
    try {
      return this.#options.transform({ ...raw, metadata: withoutManagedFields(raw.metadata) });
    } catch (error) {
      this.#options.failed(raw.metadata, error);
      return undefined;
    }
  }

  #notify(object: T, listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#options.failed(object.metadata, error);
    }
  }
}

/** managedFields are often more than half of an object, and nothing reads them from a cache. */
function withoutManagedFields(metadata: ObjectMeta): ObjectMeta {
  const { managedFields: _, ...rest } = metadata as ObjectMeta & { readonly managedFields?: unknown };
  return rest;
}
