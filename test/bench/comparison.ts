import type { Runs } from "./against.ts";
import { COMPARED_FIGURES, type ComparedFigure } from "./compared-figures.ts";

/** A figure of two builds. */
export interface Compared extends Omit<ComparedFigure, "read"> {
  /** Medians of the rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** ours : theirs. Undefined when a round has none, because theirs is 0 and ours is not. */
  readonly ratio: Ratio | undefined;
}

/** The ratios of the rounds. A round's ratio is that of two runs that followed each other. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Compares the runs of two builds, round by round. */
export function compare({ ours, theirs }: Runs): readonly Compared[] {
  return COMPARED_FIGURES.map(({ read, ...figure }) => {
    const [our, their] = [ours.map(read), theirs.map(read)];
    return { ...figure, ours: median(our), theirs: median(their), ratio: ratioOf(our, their) };
  });
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio | undefined {
  // Two zeros are equal.
  const ratios = ours.map((our, round) => (our === theirs[round] ? 1 : our / (theirs[round] ?? 0)));
  if (!ratios.every(Number.isFinite)) return undefined;
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
