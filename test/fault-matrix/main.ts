import { COURSES } from "./course.ts";
import { soak } from "./soak.ts";
import { readSoakCommand } from "./soak-options.ts";
import { summaryOf, tableOf } from "./table.ts";

const start = Date.now();
const command = readSoakCommand(process.argv.slice(2));
switch (command.kind) {
  case "help":
    process.stdout.write(command.text);
    break;
  case "invalid":
    process.stderr.write(`${command.problem}\nSee --help.\n`);
    process.exitCode = 2;
    break;
  case "run": {
    const soaked = await soak({ ...command, tell });
    const { results } = soaked;
    tell(summaryOf(results));
    for (const course of COURSES.filter((name) => results.some(([cell]) => cell.course === name)))
      process.stdout.write(`\n${course}\n\n${tableOf(course, results)}\n`);
    await soaked.end();
    // A connection that is kept alive is no reason to stay.
    process.exit(results.some(([, { kind }]) => kind === "failed") ? 1 : 0);
  }
}

function tell(line: string): void {
  const seconds = ((Date.now() - start) / 1_000).toFixed(1);
  process.stdout.write(`${seconds.padStart(8)} s  ${line}\n`);
}
