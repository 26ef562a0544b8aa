import { readFile, writeFile } from "node:fs/promises";
import { aborted, pause } from "../pause.ts";
import { PAYMENTS, SERVICES, setUpPayments, startServices } from "../samples/payments.ts";
import { type Counts, NO_COUNTS } from "../samples/web-service/tally.ts";
import type { Sandbox } from "../sandbox.ts";
import { runSession } from "../session.ts";
import { exportLines, tryLines } from "../try-next.ts";
import { ClusterView } from "./cluster-view.ts";
import { type DemoCommand, readDemoCommand } from "./options.ts";
import { panelLines } from "./panel.ts";
import { refusedLogins } from "./refused-logins.ts";
import { type Report, ROTATIONS, shortfalls } from "./report.ts";
import { type RotationResult, rotateOnce, type Stage } from "./rotation.ts";
import { openScreen, paint, type Screen } from "./screen.ts";
import { countServices } from "./service-counts.ts";
import { summary } from "./summary.ts";
import { VersionNames } from "./version-names.ts";

/** Short, for a demonstration; the defaults are a minute and more. */
const SHORT_TIMES = { "list-every": "5s", "describe-every": "5s", "describe-unlisted-every": "5s" };
const COUNT_EVERY_MS = 250;

const start = Date.now();
const command = readDemoCommand(process.argv.slice(2));
switch (command.kind) {
  case "help":
    process.stdout.write(command.text);
    break;
  case "invalid":
    process.stderr.write(`${command.problem}\nSee --help.\n`);
    process.exitCode = 2;
    break;
  case "run": {
    const screen = openScreen(start);
    screen.print(
      paint(
        "bold",
        "A database credential is rotated three times, under load. Everything runs on this machine.",
      ),
    );
    screen.step("a sandbox is being started: Kubernetes control plane, node, AWS emulator, PostgreSQL");
    await runSession(
      { progress: (line) => screen.step(line), beforeEnd: () => screen.end() },
      (sandbox, ended) => demonstrate({ sandbox, ended, screen, command }),
    );
  }
}

async function demonstrate(options: {
  readonly sandbox: Sandbox;
  readonly ended: AbortSignal;
  readonly screen: Screen;
  readonly command: DemoCommand & { readonly kind: "run" };
}): Promise<number> {
  const { sandbox, ended, screen, command } = options;
  const stage = await setTheStage(sandbox, screen, ended);
  const { results, failure } = await rotateAll(stage);
  screen.end();
  const counts = await countServices(sandbox.node.logDir, PAYMENTS.namespace);
  const report = reportOf(results, counts, refusedLogins(await readFile(sandbox.postgres.logPath, "utf8")));
  screen.print(summary({ results, report, counts, versions: stage.versions }));
  if (command.report !== undefined) await writeFile(command.report, `${JSON.stringify(report, null, 2)}\n`);
  if (failure !== undefined) screen.print(paint("red", failure));
  if (command.afterwards === "stay") await stay(sandbox, screen, ended);
  return shortfalls(report).length === 0 ? 0 : 1;
}

/** Everything that is there before the first rotation. */
async function setTheStage(sandbox: Sandbox, screen: Screen, signal: AbortSignal): Promise<Stage> {
  const secret = await setUpPayments(sandbox, SHORT_TIMES, (line) => screen.step(line));
  const versions = new VersionNames();
  screen.step(`the first version is ${versions.long(secret.versionId)}`);
  const cluster = await ClusterView.start(sandbox.controlPlane.adminKubeconfig, signal);
  showPanel({ sandbox, screen, cluster, versions, firstVersionId: secret.versionId, signal });
  await startServices(sandbox);
  const services = SERVICES.map(
    ({ name, replicas, reading }) => `${name} (${replicas} pods, ${reading})`,
  ).join(" and ");
  screen.step(`up and querying PostgreSQL all the time, over pooled and new connections: ${services}`);
  return { sandbox, secret, cluster, screen, versions, signal };
}

function showPanel(options: {
  readonly sandbox: Sandbox;
  readonly screen: Screen;
  readonly cluster: ClusterView;
  readonly versions: VersionNames;
  readonly firstVersionId: string;
  readonly signal: AbortSignal;
}): void {
  const { sandbox, screen, signal } = options;
  let counts: Counts = NO_COUNTS;
  const keepCounting = async () => {
    while (!signal.aborted) {
      counts = await countServices(sandbox.node.logDir, PAYMENTS.namespace).catch(() => counts);
      await pause(COUNT_EVERY_MS, signal);
    }
  };
  if (process.stdout.isTTY) void keepCounting();
  screen.panel(() => panelLines({ ...options, counts }));
}

/** One rotation after the other, each asked for when the one before has settled. */
async function rotateAll(
  stage: Stage,
): Promise<{ readonly results: readonly RotationResult[]; readonly failure?: string }> {
  const results: RotationResult[] = [];
  try {
    for (let number = 1; number <= ROTATIONS; number += 1) {
      stage.screen.print(`\n${paint("bold", `Rotation ${number} of ${ROTATIONS}`)}`);
      results.push(await rotateOnce(stage, `demo-${number}`));
    }
    return { results };
  } catch (error) {
    stage.signal.throwIfAborted();
    return { results, failure: error instanceof Error ? error.message : String(error) };
  }
}

function reportOf(results: readonly RotationResult[], counts: Counts, refused: number): Report {
  return {
    rotations: results.length,
    queries: counts.queries,
    failedLogins: Math.max(counts.failedLogins, refused),
    failedQueries: counts.failedQueries,
    secondsToSecret: results.map(({ toSecretMs }) => toSecretMs / 1_000),
    secondsToRolledOut: results.map(({ toRolledOutMs }) => toRolledOutMs / 1_000),
    podsOnOldVersion: results.reduce((sum, { podsOnOldVersion }) => sum + podsOnOldVersion, 0),
  };
}

async function stay(sandbox: Sandbox, screen: Screen, ended: AbortSignal): Promise<void> {
  screen.print(
    `\n${paint("bold", "The sandbox stays until Ctrl-C.")} In another terminal:\n\n${exportLines(sandbox)}\n\n${tryLines()}\n`,
  );
  await aborted(ended);
}
