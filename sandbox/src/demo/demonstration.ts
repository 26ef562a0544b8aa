import { readFile, writeFile } from "node:fs/promises";
import { leaveInstructions } from "../instructions.ts";
import { aborted } from "../pause.ts";
import { PAYMENTS } from "../samples/payments.ts";
import type { Sandbox } from "../sandbox.ts";
import { paint } from "../screen/paint.ts";
import type { Screen } from "../screen/screen.ts";
import { tryLines } from "../try-next.ts";
import type { Breakable } from "./breaks/breaks.ts";
import { type Course, rotateAll } from "./course.ts";
import type { DemoRun } from "./options.ts";
import { type Report, shortfalls } from "./report.ts";
import { type Stage, setStage } from "./stage.ts";
import { bringOperatorBack, runWithout } from "./stand-in/without.ts";
import { verdict } from "./verdict.ts";
import { refusedLogins } from "./watching/refused-logins.ts";
import { countServices } from "./watching/service-counts.ts";

/** Runs the demo on a sandbox; resolves with the exit status. @throws when the user ends it */
export async function demonstrate(
  sandbox: Sandbox,
  screen: Screen,
  run: DemoRun,
  ended: AbortSignal,
): Promise<number> {
  const stage = await setStage(sandbox, screen, ended);
  const course = await rotateAll(stage, run.break);
  const { report: own, logins } = await measure(stage, course, run.break);
  const withStandIn = run.without && course.failure === undefined;
  const report = withStandIn ? { ...own, standIn: await runWithout(stage) } : own;
  if (run.report !== undefined) await writeFile(run.report, `${JSON.stringify(report, null, 2)}\n`);
  const status = shortfalls(report).length === 0 ? 0 : 1;
  const stays = run.afterwards === "stay";
  if (withStandIn && stays) await bringOperatorBack(stage);
  if (!stays) screen.end();
  if (course.failure !== undefined) screen.print(`\n${paint("red", course.failure)}`);
  screen.print(verdict({ results: course.results, report, logins }, stage.versions));
  if (stays) {
    await leaveInstructions(sandbox, tryLines());
    screen.print("The sandbox stays until Ctrl-C. What to try next: npm run demo -- --next");
    await aborted(ended);
  }
  return status;
}

async function measure(
  { sandbox, secret }: Stage,
  course: Course,
  part: Breakable | undefined,
): Promise<{ readonly report: Report; readonly logins: number }> {
  const { results, outage } = course;
  const counts = await countServices(sandbox.node.logDir, PAYMENTS.namespace);
  const refused = refusedLogins(await readFile(sandbox.postgres.logPath, "utf8"));
  const rotationsInAws = sandbox.aws.rotations.filter(({ arn }) => arn === secret.arn).length;
  const report: Report = {
    rotations: results.length,
    queries: counts.queries,
    failedLogins: Math.max(counts.failedLogins, refused),
    failedQueries: counts.failedQueries,
    secondsToSecret: results.map(({ toSecretMs }) => toSecretMs / 1_000),
    secondsToRolledOut: results.map(({ toRolledOutMs }) => toRolledOutMs / 1_000),
    podsOnOldVersion: results.reduce((sum, { podsOnOldVersion }) => sum + podsOnOldVersion, 0),
  };
  const broken = part && { part, failedQueries: outage?.failedQueries ?? 0, rotationsInAws };
  return { report: broken === undefined ? report : { ...report, break: broken }, logins: counts.logins };
}
