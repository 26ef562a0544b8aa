import { performance } from "node:perf_hooks";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Clock, Timer } from "../time/clock.ts";

/**
 * prom-client's default metrics that are kept, in prom-client's order: the first of a group fills in the others. Left
 * out are nodejs_eventloop_lag_*, which each scrape resets, so that two scrapers see half of it each.
 */
const KEPT = [
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_cpu_seconds_total",
  "process_start_time_seconds",
  "process_resident_memory_bytes",
  "process_open_fds",
  "process_max_fds",
  "nodejs_heap_size_total_bytes",
  "nodejs_heap_size_used_bytes",
  "nodejs_external_memory_bytes",
  "nodejs_gc_duration_seconds",
];

/** The utilization of the event loop is measured over this time, in ms, independent of scrapes. */
const WINDOW_MS = 15_000;
/** prom-client's own sampling of the event loop, in ms, which is not shown: as seldom as possible. */
const NEVER_MS = 2 ** 30;

let defaults: Registry | undefined;

/** One registry for the process: each call of collectDefaultMetrics adds an observer that never ends. */
function defaultMetrics(): Registry {
  if (defaults === undefined) {
    defaults = new Registry();
    collectDefaultMetrics({ register: defaults, eventLoopMonitoringPrecision: NEVER_MS });
  }
  return defaults;
}

/** Adds metrics of the process to the registry: CPU, memory, files, garbage collection, event loop. Returns its end. */
export function processMetrics(registry: Registry, clock: Clock): () => void {
  for (const name of KEPT) {
    const metric = defaultMetrics().getSingleMetric(name);
    if (metric !== undefined) registry.registerMetric(metric);
  }
  return eventLoopUtilization(registry, clock);
}

function eventLoopUtilization(registry: Registry, clock: Clock): () => void {
  const gauge = new Gauge({
    name: "nodejs_eventloop_utilization",
    help: `Share of the last ${WINDOW_MS / 1_000} s in which the event loop was busy, from 0 to 1.`,
    registers: [registry],
  });
  let last = performance.eventLoopUtilization();
  gauge.set(last.utilization);
  let timer: Timer;
  const wait = () => {
    timer = clock.setTimer(WINDOW_MS, () => {
      const now = performance.eventLoopUtilization();
      gauge.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
      wait();
    });
  };
  wait();
  return () => timer.cancel();
}
