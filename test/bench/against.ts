import type { Figures } from "./figures.ts";

/** The two builds of a comparison. */
export const SIDES = ["ours", "theirs"] as const;

/** This build, or the one that it is measured against. */
export type Side = (typeof SIDES)[number];

/** The figures of each build, a run each round. */
export type Runs = Readonly<Record<Side, readonly Figures[]>>;

/**
 * Measures both builds in turn, ours first, so that a machine that becomes slower or faster does so for both.
 * @param measure measures one build once; `round` counts from 1
 */
export async function measureInTurn(
  rounds: number,
  measure: (side: Side, round: number) => Promise<Figures>,
): Promise<Runs> {
  const runs: Record<Side, Figures[]> = { ours: [], theirs: [] };
  for (let round = 1; round <= rounds; round += 1)
    for (const side of SIDES) runs[side].push(await measure(side, round));
  return runs;
}
