/** What stands for all values beyond the bound. */
export const OTHER_VALUE = "other";

/**
 * Bounds the values of a label that somebody else chooses: the first `most` that come pass, all others are `other`. So a
 * metric never has more series than was reckoned with.
 */
export class LabelValues {
  readonly #most: number;
  readonly #seen = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value, or `other`. */
  of(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#most) return OTHER_VALUE;
    this.#seen.add(value);
    return value;
  }
}
