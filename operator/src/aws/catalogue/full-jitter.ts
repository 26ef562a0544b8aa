const BASE_MS = 1_000;
const CAP_MS = 30_000;

/**
 * How long to wait after this many failures in a row, in ms: a random share of 1 s, 2 s, 4 s ... 30 s.
 * AWS Architecture Blog, "Exponential Backoff And Jitter": full jitter makes the fewest calls.
 *
 * @param jitter from 0 to 1, drawn at random
 */
export function fullJitter(jitter: number, failures: number): number {
  return jitter * Math.min(CAP_MS, BASE_MS * 2 ** Math.max(0, failures - 1));
}
