import { createHash } from "node:crypto";

/** Returns a function that draws lags between 0 and `longestMs`: the same seed and name always give the same lags. */
export function seededLags(seed: number, name: string, longestMs: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    const hash = createHash("sha256").update(`${seed}|${drawn}|${name}`).digest();
    return Math.round((hash.readUInt32BE() / 0xffff_ffff) * longestMs);
  };
}
