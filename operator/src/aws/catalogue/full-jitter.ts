import type { Random } from "@rotated-secrets/kube-runtime/time/random";

const BASE_MS = 1_000;
const CAP_MS = 30_000;

/**
 * How long to wait after so many failures in a row, in ms: anything up to 1 s, 2 s, 4 s ... 30 s.
 * AWS Architecture Blog, "Exponential Backoff And Jitter": full jitter makes the fewest calls.
 */
export function fullJitter(random: Random, failures: number): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.max(0, failures - 1));
}
