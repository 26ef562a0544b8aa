import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { WorkQueue } from "../controller/work-queue.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { prometheusRuntimeMetrics } from "./prometheus-runtime-metrics.ts";

async function samples(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("the runtime's metrics", () => {
  it("count requests, reconciles and watches under the names that dashboards know", async () => {
    const registry = new Registry();
    const runtime = prometheusRuntimeMetrics(registry);
    runtime.request({ method: "GET", code: "200", host: "api", seconds: 0.2 });
    runtime.leader("rotated-secrets")(true);
    runtime.reflector("pods").lastEvent(() => 1_500);
    const controller = runtime.controller("rsec");
    controller.workers(8);
    controller.active(1);
    controller.reconciled("error", 0.2);
    controller.panicked();
    runtime.reflector("pods").failed("Expired");
    const lines = await samples(registry);
    for (const line of [
      'rest_client_requests_total{method="GET",code="200",host="api"} 1',
      'rest_client_request_duration_seconds_sum{verb="GET",host="api"} 0.2',
      'leader_election_master_status{name="rotated-secrets"} 1',
      'reflector_watch_last_event_timestamp_seconds{name="pods"} 1.5',
      'controller_runtime_reconcile_total{controller="rsec",result="error"} 1',
      'controller_runtime_reconcile_total{controller="rsec",result="success"} 0',
      'controller_runtime_reconcile_errors_total{controller="rsec"} 1',
      'controller_runtime_reconcile_panics_total{controller="rsec"} 1',
      'controller_runtime_reconcile_time_seconds_count{controller="rsec"} 1',
      'controller_runtime_active_workers{controller="rsec"} 1',
      'controller_runtime_max_concurrent_reconciles{controller="rsec"} 8',
      'reflector_failures_total{name="pods",reason="Expired"} 1',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it("describe a queue, including work in progress", async () => {
    const registry = new Registry();
    const clock = new ManualClock();
    const runtime = prometheusRuntimeMetrics(registry);
    const queue = new WorkQueue({
      keyOf: (key: string) => key,
      clock,
      random: () => 0,
      metrics: runtime.workQueue("rsec"),
    });
    for (const key of ["a", "b", "c"]) queue.add(key);
    await queue.take();
    await clock.advance(2_000);
    await queue.take();
    await clock.advance(3_000);
    const lines = await samples(registry);
    const labels = '{name="rsec",controller="rsec"}';
    for (const line of [
      `workqueue_depth${labels} 1`,
      `workqueue_adds_total${labels} 3`,
      `workqueue_retries_total${labels} 0`,
      `workqueue_queue_duration_seconds_sum${labels} 2`,
      `workqueue_unfinished_work_seconds${labels} 8`,
      `workqueue_longest_running_processor_seconds${labels} 5`,
    ]) {
      expect(lines).toContain(line);
    }
  });
});
