import { cpus, loadavg, totalmem } from "node:os";
import type { Progress } from "../support/progress.ts";
import { bareLoop } from "./bare-loop.ts";
import { AWS_LATENCY_MS, type BenchCluster, startBenchCluster } from "./bench-cluster.ts";
import { BENCH_NAMESPACE, BenchSecrets } from "./bench-secrets.ts";
import { CarriedVersions } from "./carried-versions.ts";
import type { BenchOptions } from "./command.ts";
import type { Figures } from "./figures.ts";
import { Meter } from "./meter.ts";
import { type OperatorBuild, operatorOf } from "./operator-run.ts";
import { change, coldStart, rest } from "./phases.ts";

/** How a build of the operator is measured. */
export type MeasureOptions = Pick<BenchOptions, "n" | "restMs" | "settings">;

/** Measures one build of the operator, once, on a cluster of its own. */
export async function measure(
  build: OperatorBuild,
  options: MeasureOptions,
  progress: Progress,
): Promise<Figures> {
  const startedAt = new Date().toISOString();
  const loadBefore = load();
  const cluster = await progress.during("starting a control plane and an AWS, and installing the chart", () =>
    startBenchCluster(options.settings),
  );
  try {
    const phases = await measureOn(cluster, build, options, progress);
    const machine = { ...describeMachine(), loadBefore, loadAfter: load() };
    const { n, settings } = options;
    return { startedAt, machine, n, awsLatencyMs: AWS_LATENCY_MS, settings, ...phases };
  } finally {
    await cluster.stop();
  }
}

type PhaseFigures = Pick<Figures, "bareLoop" | "coldStart" | "rest" | "singleChange" | "burst">;

async function measureOn(
  cluster: BenchCluster,
  build: OperatorBuild,
  { n, restMs }: MeasureOptions,
  progress: Progress,
): Promise<PhaseFigures> {
  const secrets = new BenchSecrets(cluster, n);
  await progress.during(`creating ${n} secrets in AWS, and a RotatedSecret for each`, async () => {
    await secrets.createInAws();
    await secrets.createInCluster();
  });
  const bare = await progress.during(`bare loop: applying ${n} Secrets`, () =>
    bareLoop(cluster, secrets.names),
  );
  const start = await operatorOf(cluster, build);
  const carried = CarriedVersions.watch(cluster.api, BENCH_NAMESPACE);
  const operator = start();
  const bench = { cluster, secrets, carried, meter: new Meter(cluster, operator.pid) };
  try {
    const cold = await progress.during("cold start: the operator starts", () => coldStart(bench));
    progress.say(`all Secrets were there after ${cold.secondsToSecrets.toFixed(1)} s`);
    const single = await progress.during(
      "single change: one secret gets another value just after the operator has read AWS",
      () => change(bench, secrets.names.slice(0, 1)),
    );
    // Not right after the start: the operator describes no secret then.
    const atRest = await progress.during(`rest: ${restMs / 1_000} s`, () => rest(bench, restMs));
    const burst = await progress.during(
      `burst: all ${n} secrets get another value just after the operator has read AWS`,
      () => change(bench, secrets.names),
    );
    return { bareLoop: bare, coldStart: cold, rest: atRest, singleChange: single, burst };
  } finally {
    secrets.close();
    await carried.stop();
    await operator.stop();
  }
}

function describeMachine(): Omit<Figures["machine"], "loadBefore" | "loadAfter"> {
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

function load(): number {
  return loadavg()[0] ?? 0;
}
