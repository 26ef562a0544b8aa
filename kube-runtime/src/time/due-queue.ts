interface Entry<K> {
  readonly key: K;
  due: number;
  /** Counts the calls of `set`: of keys due at the same time, the one that was set first comes first. */
  order: number;
  /** Its index in the heap. */
  at: number;
}

/**
 * Keys, each with the time when it is due. The earliest is always known, and a change costs O(log n): a binary heap that
 * also knows the place of each key. One timer for the earliest replaces a timer for each key.
 */
export class DueQueue<K> {
  /** The parent of the entry at i is at (i - 1) / 2, and is not due after it. */
  readonly #heap: Entry<K>[] = [];
  readonly #entries = new Map<K, Entry<K>>();
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The key that is due first, and when; undefined when the queue is empty. */
  get first(): { readonly key: K; readonly due: number } | undefined {
    return this.#heap[0];
  }

  /** When the key is due; undefined when it is not in the queue. */
  dueOf(key: K): number | undefined {
    return this.#entries.get(key)?.due;
  }

  /** Puts the key in the queue, or moves it. */
  set(key: K, due: number): void {
    this.#order += 1;
    const known = this.#entries.get(key);
    const entry = known ?? { key, due, order: this.#order, at: this.#heap.length };
    entry.due = due;
    entry.order = this.#order;
    if (known === undefined) {
      this.#entries.set(key, entry);
      this.#heap.push(entry);
    }
    this.#settle(entry);
  }

  /** Takes the key out. Returns whether it was in the queue. */
  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return true;
    this.#place(last, entry.at);
    this.#settle(last);
    return true;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#entries.clear();
  }

  /** Moves the entry up or down to where it belongs. */
  #settle(entry: Entry<K>): void {
    const from = entry.at;
    this.#rise(entry);
    if (entry.at === from) this.#sink(entry);
  }

  #rise(entry: Entry<K>): void {
    while (entry.at > 0) {
      const parent = this.#heap[(entry.at - 1) >> 1];
      if (parent === undefined || isBefore(parent, entry)) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: Entry<K>): void {
    for (let child = this.#earlierChild(entry); child !== undefined; child = this.#earlierChild(entry)) {
      if (isBefore(entry, child)) return;
      this.#swap(entry, child);
    }
  }

  #earlierChild({ at }: Entry<K>): Entry<K> | undefined {
    const left = this.#heap[2 * at + 1];
    const right = this.#heap[2 * at + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  #swap(a: Entry<K>, b: Entry<K>): void {
    const place = a.at;
    this.#place(a, b.at);
    this.#place(b, place);
  }

  #place(entry: Entry<K>, at: number): void {
    this.#heap[at] = entry;
    entry.at = at;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
