import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { basename } from "node:path";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { runCommandLine } from "@rotated-secrets/sandbox/command-line";
import { Progress } from "../support/progress.ts";
import { measureInTurn } from "./against.ts";
import { type Against, type BenchOptions, readBenchCommand } from "./command.ts";
import { compare } from "./comparison.ts";
import { comparisonReport } from "./comparison-report.ts";
import { commonFlags, knownFlags } from "./known-flags.ts";
import { measure } from "./measure.ts";
import { report } from "./report.ts";

process.exitCode = await runCommandLine(readBenchCommand(process.argv.slice(2)), run);

/** The result of a run: a text for people, and the same for programs. */
interface Found {
  readonly text: string;
  readonly figures: object;
}

/** Measures, and prints the figures. Returns the exit status. */
async function run(options: BenchOptions): Promise<number> {
  // The processes of the bench end with this one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  try {
    const { against } = options;
    const { text, figures } =
      against === undefined ? await measureAlone(options) : await measureAgainst(options, against);
    process.stdout.write(`\n${text}\n`);
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function measureAlone(options: BenchOptions): Promise<Found> {
  const { operator } = await bundles();
  const figures = await measure({ bundle: operator, flags: undefined }, options, new Progress());
  return { text: report(figures), figures };
}

async function measureAgainst(options: BenchOptions, { bundle, rounds }: Against): Promise<Found> {
  const { operator } = await bundles();
  const [our, their] = await Promise.all([knownFlags(operator), knownFlags(bundle)]);
  const flags = commonFlags(our, their, options.settings);
  const builds = { ours: { bundle: operator, flags }, theirs: { bundle, flags } };
  const progress = new Progress();
  const runs = await measureInTurn(rounds, async (side, round) => {
    progress.say(`round ${round} of ${rounds}, ${side}`);
    return await measure(builds[side], options, progress);
  });
  const compared = compare(runs);
  const [first] = runs.ours;
  if (first === undefined) throw new Error("no round was measured");
  return {
    text: comparisonReport(compared, rounds, first),
    figures: { against: basename(bundle), rounds, compared, runs },
  };
}
