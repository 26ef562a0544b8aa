/** Short names of versions, in the order in which they are met: `v2 (1f0c83aa)`. */
export class VersionNames {
  readonly #known: string[] = [];

  /** Number and beginning of the id. */
  long(versionId: string): string {
    return `${this.short(versionId)} (${versionId.slice(0, 8)})`;
  }

  /** The number alone. */
  short(versionId: string): string {
    if (!this.#known.includes(versionId)) this.#known.push(versionId);
    return `v${this.#known.indexOf(versionId) + 1}`;
  }
}
