import { compareResourceVersions } from "../client/resource-version.ts";

interface Entry {
  readonly key: string;
  readonly version: string;
}

/**
 * The resourceVersion of our last write of each object, until the list or watch has reached it. The cost per write and
 * per event does not grow with the number of remembered writes, of which there can be thousands.
 */
export class RememberedWrites {
  readonly #versions = new Map<string, string>();
  /** All entries that were added, oldest version first. Those that are no longer in #versions are skipped. */
  readonly #order: Entry[] = [];

  /** Whether a write of this object is remembered. */
  has(key: string): boolean {
    return this.#versions.has(key);
  }

  /** The version of the remembered write; undefined if there is none. */
  get(key: string): string | undefined {
    return this.#versions.get(key);
  }

  /** Remembers a write. */
  add(key: string, version: string): void {
    this.#versions.set(key, version);
    // Answers arrive nearly in the order of their versions: only writes in flight at the same time change places.
    const before = this.#order.findLastIndex((entry) => compareResourceVersions(entry.version, version) <= 0);
    this.#order.splice(before + 1, 0, { key, version });
  }

  /** Forgets the write of this object. */
  forget(key: string): void {
    this.#versions.delete(key);
  }

  /** Forgets all writes. */
  forgetAll(): void {
    this.#versions.clear();
    this.#order.length = 0;
  }

  /** Forgets the writes up to this version and returns their keys. */
  takeUpTo(version: string | undefined): readonly string[] {
    const next = this.#order.findIndex((entry) => compareResourceVersions(entry.version, version) > 0);
    const passed = this.#order.splice(0, next < 0 ? this.#order.length : next);
    const keys = passed
      .filter((entry) => this.#versions.get(entry.key) === entry.version)
      .map(({ key }) => key);
    for (const key of keys) this.#versions.delete(key);
    return keys;
  }
}
