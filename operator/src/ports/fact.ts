/** Milliseconds since the epoch, by the operator's clock. */
export type Instant = number;

/**
 * Something the operator may know of the world, and how well: not at all, from a cache that lags, or read at its source
 * during this pass. What is dear to read stays `unknown` until a phase asks for it.
 */
export type Fact<T> =
  | { readonly kind: "unknown" }
  | { readonly kind: "cached"; readonly value: T }
  | { readonly kind: "live"; readonly at: Instant; readonly value: T };

/** The fact of which nothing is known. */
export const unknown: Fact<never> = { kind: "unknown" };

/** A fact from a cache. */
export function cached<T>(value: T): Fact<T> {
  return { kind: "cached", value };
}

/** A fact read at its source at `at`. */
export function live<T>(value: T, at: Instant): Fact<T> {
  return { kind: "live", at, value };
}

/** The value of a fact, however well it is known; undefined where nothing is known. */
export function known<T>(fact: Fact<T>): T | undefined {
  return fact.kind === "unknown" ? undefined : fact.value;
}
