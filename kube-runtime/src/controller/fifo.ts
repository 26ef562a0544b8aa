/** Compact the array once this many taken items make up half of it. */
const COMPACT_AT = 1_024;

/**
 * A queue, first in, first out, with a constant cost per item. A Map or a Set would not do: finding its first entry
 * skips all entries that were deleted before it.
 */
export class Fifo<T> {
  #items: T[] = [];
  /** How many items at the front are taken. */
  #taken = 0;

  /** The next item; undefined when the queue is empty. */
  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the next item; undefined when the queue is empty. */
  shift(): T | undefined {
    const item = this.first;
    if (this.#taken < this.#items.length) this.#taken += 1;
    if (this.#taken >= COMPACT_AT && 2 * this.#taken >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  /** Drops all items. */
  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
