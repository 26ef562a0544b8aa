/** The value for all values above the limit. */
export const OTHER_VALUE = "other";

/** Limits the values of a label that others choose, and so the series of a metric: the first values pass, later ones are `other`. */
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
