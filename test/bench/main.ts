import { writeFile } from "node:fs/promises";
import { constants, cpus, loadavg, totalmem } from "node:os";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { bareLoop } from "./bare-loop.ts";
import { AWS_LATENCY_MS, type BenchCluster, startBenchCluster } from "./bench-cluster.ts";
import { BENCH_NAMESPACE, BenchSecrets } from "./bench-secrets.ts";
import { CarriedVersions } from "./carried-versions.ts";
import { type BenchOptions, readBenchCommand } from "./command.ts";
import type { Figures } from "./figures.ts";
import { Meter } from "./meter.ts";
import { operatorOf } from "./operator-run.ts";
import { change, coldStart, rest } from "./phases.ts";
import { report } from "./report.ts";

const command = readBenchCommand(process.argv.slice(2));
switch (command.kind) {
  case "help":
    process.stdout.write(command.text);
    break;
  case "invalid":
    process.stderr.write(`${command.problem}\nSee --help.\n`);
    process.exitCode = 2;
    break;
  case "run":
    process.exitCode = await run(command.options);
    break;
}

/** Measures, and says what it found. Returns the exit status. */
async function run(options: BenchOptions): Promise<number> {
  // What was started ends with this process.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  try {
    const figures = await measure(options);
    process.stdout.write(`\n${report(figures)}\n`);
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function measure(options: BenchOptions): Promise<Figures> {
  const tell = teller();
  tell("a control plane and an AWS are being started, and the chart installed");
  const { operator: bundle } = await bundles();
  const cluster = await startBenchCluster(options.settings);
  try {
    return await measureOn(cluster, bundle, options, tell);
  } finally {
    await cluster.stop();
  }
}

async function measureOn(
  cluster: BenchCluster,
  bundle: string,
  { n, restMs, settings }: BenchOptions,
  tell: (line: string) => void,
): Promise<Figures> {
  const { node } = process.versions;
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node,
  };
  const begun = { startedAt: new Date().toISOString(), loadBefore: load() };
  const secrets = new BenchSecrets(cluster, n);
  tell(`${n} secrets are being made in AWS, and a RotatedSecret for each`);
  await secrets.createInAws();
  await secrets.createInCluster();
  tell(`bare loop: ${n} Secrets are being applied`);
  const bare = await bareLoop(cluster, secrets.names);

  const start = await operatorOf(cluster, bundle);
  const carried = CarriedVersions.watch(cluster.api, BENCH_NAMESPACE);
  tell("cold start: the operator is being started");
  const operator = start();
  const bench = { cluster, secrets, carried, meter: new Meter(cluster, operator.pid) };
  const cold = await coldStart(bench);
  tell(`all Secrets were there after ${cold.secondsToSecrets.toFixed(1)} s`);
  tell("single change: one secret gets another value, once the operator has just looked at AWS");
  const single = await change(bench, secrets.names.slice(0, 1));
  // Not right after the start, when no secret is described yet.
  tell(`rest: ${restMs / 1_000} s`);
  const atRest = await rest(bench, restMs);
  tell(`burst: all ${n} secrets get another value, once the operator has just looked at AWS`);
  const burst = await change(bench, secrets.names);

  secrets.close();
  await carried.stop();
  await operator.stop();
  return {
    startedAt: begun.startedAt,
    machine: { ...machine, loadBefore: begun.loadBefore, loadAfter: load() },
    n,
    awsLatencyMs: AWS_LATENCY_MS,
    settings,
    bareLoop: bare,
    coldStart: cold,
    rest: atRest,
    singleChange: single,
    burst,
  };
}

function load(): number {
  return loadavg()[0] ?? 0;
}

function teller(): (line: string) => void {
  const start = Date.now();
  return (line) => {
    const seconds = ((Date.now() - start) / 1_000).toFixed(1).padStart(7);
    process.stdout.write(`${seconds} s  ${line}\n`);
  };
}
