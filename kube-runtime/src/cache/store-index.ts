/** Finds objects by something else than their name: an object is in the bucket of each value that `valuesOf` says. */
export class StoreIndex<T> {
  readonly #valuesOf: (object: T) => readonly string[];
  readonly #buckets = new Map<string, Map<string, T>>();

  /** @param valuesOf pure; one that throws leaves the object out of the index. */
  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = (object) => {
      try {
        return valuesOf(object);
      } catch {
        return [];
      }
    };
  }

  get(value: string): readonly T[] {
    return [...(this.#buckets.get(value)?.values() ?? [])];
  }

  insert(key: string, object: T): void {
    for (const value of this.#valuesOf(object)) {
      const bucket = this.#buckets.get(value) ?? new Map<string, T>();
      bucket.set(key, object);
      this.#buckets.set(value, bucket);
    }
  }

  withdraw(key: string, object: T): void {
    for (const value of this.#valuesOf(object)) {
      const bucket = this.#buckets.get(value);
      bucket?.delete(key);
      if (bucket?.size === 0) this.#buckets.delete(value);
    }
  }
}
