/** What is taken out is dropped from the front of the array only when it is so much, and half of it. */
const WORTH_DROPPING = 1_024;

/**
 * First in, first out, at the same cost however many are in it. A Map or a Set is no such thing: looking for its first
 * entry passes by all that were deleted before it.
 */
export class Fifo<T> {
  #items: T[] = [];
  /** How many at the front have been taken out. */
  #taken = 0;

  /** The next one out; undefined when it is empty. */
  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the next one out; undefined when it is empty. */
  shift(): T | undefined {
    const item = this.first;
    if (this.#taken < this.#items.length) this.#taken += 1;
    if (this.#taken >= WORTH_DROPPING && 2 * this.#taken >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
