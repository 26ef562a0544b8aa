/** Milliseconds since the epoch, by the operator's clock. */
export type Instant = number;

/**
 * A fact about the world, and how well the operator knows it: not at all, from a cache that lags behind, or from its
 * source during this reconcile. An expensive fact is `unknown` until a phase asks for it.
 */
export type Fact<T> =
  | { readonly kind: "unknown" }
  | { readonly kind: "cached"; readonly value: T }
  | { readonly kind: "live"; readonly at: Instant; readonly value: T };

/** An unknown fact. */
export const unknown: Fact<never> = { kind: "unknown" };

/** A fact from a cache. */
export function cached<T>(value: T): Fact<T> {
  return { kind: "cached", value };
}

/** A fact read at its source at `at`. */
export function live<T>(value: T, at: Instant): Fact<T> {
  return { kind: "live", at, value };
}

/** The value of a fact that is cached or live; undefined if it is unknown. */
export function known<T>(fact: Fact<T>): T | undefined {
  return fact.kind === "unknown" ? undefined : fact.value;
}
