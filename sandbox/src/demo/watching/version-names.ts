const ID = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** Short names of versions, numbered in the order in which they are first named: `v2 (1f0c83aa)`. */
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

  /** A text with short names in place of whole ids. A version that has no number yet gets none: it may never be used. */
  inText(text: string): string {
    return text.replace(ID, (id) => (this.#known.includes(id) ? this.long(id) : id.slice(0, 8)));
  }
}
