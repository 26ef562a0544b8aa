import { compareResourceVersions } from "../client/resource-version.ts";

interface Entry {
  readonly key: string;
  readonly version: string;
}

/**
 * Which objects were written last at which resourceVersion, until list or watch have come as far. Each write costs about
 * the same however many are remembered: with thousands under way each event of the watch would else look at them all.
 */
export class RememberedWrites {
  readonly #versions = new Map<string, string>();
  /** All that were added, oldest version first; what #versions does not know any more is left over. */
  readonly #order: Entry[] = [];

  has(key: string): boolean {
    return this.#versions.has(key);
  }

  /** The version at which the object was written; undefined when no write is remembered. */
  get(key: string): string | undefined {
    return this.#versions.get(key);
  }

  add(key: string, version: string): void {
    this.#versions.set(key, version);
    // Answers come nearly in the order of their versions: only those on their way at once change places.
    const before = this.#order.findLastIndex((entry) => compareResourceVersions(entry.version, version) <= 0);
    this.#order.splice(before + 1, 0, { key, version });
  }

  forget(key: string): void {
    this.#versions.delete(key);
  }

  forgetAll(): void {
    this.#versions.clear();
    this.#order.length = 0;
  }

  /** Forgets what was written up to the version, and returns the keys. */
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
