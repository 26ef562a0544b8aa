/** A number from 0 (included) to 1 (excluded), as Math.random gives. Tests hand in their own. */
export type Random = () => number;

/** The machine's randomness; for jitter, never for secrets. */
export const systemRandom: Random = Math.random;
