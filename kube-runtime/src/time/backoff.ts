import type { Random } from "./random.ts";

/** Limits of an exponential back-off. */
export interface BackoffLimits {
  /** The shortest wait, in ms. */
  readonly baseMs: number;
  /** The longest wait, in ms. */
  readonly maxMs: number;
}

/**
 * The delay before attempt number `attempt` (1: the first one after a failure), in ms. It is evenly distributed between
 * the base and a bound that doubles with each attempt, so that clients that failed together do not retry together.
 */
export function backoffMs({ baseMs, maxMs }: BackoffLimits, attempt: number, random: Random): number {
  const bound = Math.min(maxMs, baseMs * 2 ** attempt);
  return baseMs + random() * (bound - baseMs);
}
