/** A number from 0 (inclusive) to 1 (exclusive), as Math.random returns. Tests use their own. */
export type Random = () => number;

/** The machine's randomness, for jitter. Not for secrets. */
export const systemRandom: Random = Math.random;
