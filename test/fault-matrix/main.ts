import { runCommandLine } from "@rotated-secrets/sandbox/command-line";
import { Progress } from "../support/progress.ts";
import { COURSES } from "./course.ts";
import { soak } from "./soak.ts";
import { readSoakCommand, type SoakOptions } from "./soak-options.ts";
import { summaryOf, tableOf } from "./table.ts";

process.exitCode = await runCommandLine(readSoakCommand(process.argv.slice(2)), run);

async function run(options: SoakOptions): Promise<number> {
  const progress = new Progress();
  const soaked = await soak({ ...options, tell: (line) => progress.say(line) });
  const { results } = soaked;
  progress.say(summaryOf(results));
  for (const course of COURSES.filter((name) => results.some(([cell]) => cell.course === name)))
    process.stdout.write(`\n${course}\n\n${tableOf(course, results)}\n`);
  await soaked.end();
  // A connection that is kept alive must not keep the process.
  process.exit(results.some(([, { kind }]) => kind === "failed") ? 1 : 0);
}
