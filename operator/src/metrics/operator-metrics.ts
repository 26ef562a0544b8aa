import { prometheusRuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/prometheus-runtime-metrics";
import type { RuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import { Gauge, type Registry } from "prom-client";
import type { CallObserver } from "../aws/calls/secrets-manager.ts";
import type { WatchedResources } from "../kubernetes/watched-resources.ts";
import { awsMetrics } from "./aws-metrics.ts";
import { Metrics } from "./metrics.ts";
import { resourceMetrics } from "./resource-metrics.ts";
import { WorkMetrics } from "./work-metrics.ts";

/** All metrics of the operator, and where its parts report to. */
export interface OperatorMetrics {
  readonly metrics: Metrics;
  readonly runtime: RuntimeMetrics;
  readonly aws: CallObserver;
  readonly work: WorkMetrics;
}

/** Makes the metrics; docs/metrics.md has a row for each, which a test holds. */
export function operatorMetrics({
  version,
  watched,
}: {
  readonly version: string;
  readonly watched: Pick<WatchedResources, "rotatedSecrets" | "secrets">;
}): OperatorMetrics {
  const metrics = new Metrics();
  const { registry } = metrics;
  buildInfo(registry, version);
  resourceMetrics(registry, watched);
  return {
    metrics,
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
