import type { Random } from "../time/random.ts";

/** How waits grow from one failure to the next. */
export interface BackoffLimits {
  /** The shortest wait, in ms. */
  readonly baseMs: number;
  /** The longest wait, in ms. */
  readonly maxMs: number;
}

/**
 * The wait before try `attempt` (1 is the first after a failure), in ms: evenly random between the base and a bound
 * that doubles. Spread so wide, those who failed together do not come back together.
 */
export function backoffMs({ baseMs, maxMs }: BackoffLimits, attempt: number, random: Random): number {
  const bound = Math.min(maxMs, baseMs * 2 ** attempt);
  return baseMs + random() * (bound - baseMs);
}
