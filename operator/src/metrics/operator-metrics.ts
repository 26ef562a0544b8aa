import { processMetrics } from "@rotated-secrets/kube-runtime/telemetry/process-metrics";
import { prometheusRuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/prometheus-runtime-metrics";
import type { RuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { Gauge, Registry } from "prom-client";
import type { CallObserver } from "../aws/calls/aws-caller.ts";
import type { WatchedResources } from "../kubernetes/watched-resources.ts";
import { awsMetrics } from "./aws-metrics.ts";
import { resourceMetrics } from "./resource-metrics.ts";
import { WorkMetrics } from "./work-metrics.ts";

/** All metrics of one operator, and the observers by which its parts report to them. */
export interface OperatorMetrics {
  readonly registry: Registry;
  readonly runtime: RuntimeMetrics;
  readonly aws: CallObserver;
  readonly work: WorkMetrics;
  /** Ends the timers of the metrics. */
  readonly stop: () => void;
}

/** Options of operatorMetrics. */
export interface OperatorMetricsOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly watched: Pick<WatchedResources, "rotatedSecrets" | "secrets">;
}

/** Creates the metrics. A test compares them with docs/metrics.md, which has a row for each. */
export function operatorMetrics({ version, clock, watched }: OperatorMetricsOptions): OperatorMetrics {
  const registry = new Registry();
  const stop = processMetrics(registry, clock);
  buildInfo(registry, version);
  resourceMetrics(registry, watched);
  return {
    registry,
    stop,
    runtime: prometheusRuntimeMetrics(registry),
    aws: awsMetrics(registry),
    work: new WorkMetrics(registry),
  };
}

function buildInfo(registry: Registry, version: string): void {
  new Gauge({
    name: "rotated_secrets_build_info",
    help: "1, labelled with the version.",
    labelNames: ["version", "node"],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
}
