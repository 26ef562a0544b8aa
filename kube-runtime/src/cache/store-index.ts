/** One object, or a set of more than one: most values of most indices have a single object, and a set costs 200 bytes. */
type Bucket<T> = T | Set<T>;

/** Finds objects by something other than their name: an object is found by each value that `valuesOf` gives for it. */
export class StoreIndex<T extends object> {
  readonly #valuesOf: (object: T) => readonly string[];
  readonly #buckets = new Map<string, Bucket<T>>();

  /** @param valuesOf pure: the same object always gives the same values. One that throws leaves the object out. */
  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = (object) => {
      try {
        return valuesOf(object);
      } catch {
        return [];
      }
    };
  }

  /** The objects with this value; a copy that later changes leave alone. */
  get(value: string): readonly T[] {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return [];
    return bucket instanceof Set ? [...bucket] : [bucket];
  }

  /** Adds an object that is not in the index. */
  insert(object: T): void {
    for (const value of this.#valuesOf(object)) {
      const bucket = this.#buckets.get(value);
      if (bucket instanceof Set) bucket.add(object);
      else this.#buckets.set(value, bucket === undefined ? object : new Set([bucket, object]));
    }
  }

  /** Removes an object that was inserted. */
  withdraw(object: T): void {
    for (const value of this.#valuesOf(object)) {
      const bucket = this.#buckets.get(value);
      if (bucket === object) this.#buckets.delete(value);
      if (!(bucket instanceof Set)) continue;
      bucket.delete(object);
      if (bucket.size === 0) this.#buckets.delete(value);
    }
  }
}
