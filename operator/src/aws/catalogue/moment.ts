import type { Instant } from "../../ports/fact.ts";

/** A point in time, and a random number that was drawn then, as the pure functions of the catalogue take them. */
export interface Moment {
  /** By the wall clock. For times that are compared with AWS's or shown. */
  readonly now: Instant;
  /** By the monotonic clock, in ms. For due times. */
  readonly monotonic: number;
  /** From 0 (included) to 1 (excluded). It spreads events over time that would otherwise happen at once. */
  readonly jitter: number;
}
