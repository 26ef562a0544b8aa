import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type {
  ControllerMetrics,
  ReflectorMetrics,
  RuntimeMetrics,
  WorkQueueMetrics,
} from "./runtime-metrics.ts";

/** client-go's buckets for queues, without those below 1 ms: the event loop is not more exact. */
const QUEUE_BUCKETS = [0.001, 0.01, 0.1, 1, 10, 60, 300, 1_000];
/** client-go's buckets for requests, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
const RECONCILE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Adds the runtime's metrics to a registry, with the names of client-go and controller-runtime. */
export function prometheusRuntimeMetrics(registry: Registry): RuntimeMetrics {
  const workQueue = workQueueMetrics(registry);
  const controller = controllerMetrics(registry);
  const reflector = reflectorMetrics(registry);
  return {
    workQueue,
    controller,
    reflector,
    leader: leaderMetrics(registry),
    request: requestMetrics(registry),
  };
}

function requestMetrics(registry: Registry): RuntimeMetrics["request"] {
  const requests = new Counter({
    name: "rest_client_requests_total",
    help: "Requests to the API server by status code, method and host.",
    labelNames: ["code", "method", "host"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "rest_client_request_duration_seconds",
    help: "How long the API server takes to answer, by verb and host.",
    labelNames: ["verb", "host"],
    buckets: REQUEST_BUCKETS,
    registers: [registry],
  });
  return ({ seconds, ...seen }) => {
    requests.inc(seen);
    duration.observe({ verb: seen.method, host: seen.host }, seconds);
  };
}

function leaderMetrics(registry: Registry): RuntimeMetrics["leader"] {
  const status = new Gauge({
    name: "leader_election_master_status",
    help: "1 in the leader, 0 in a standby, by the name of the lease.",
    labelNames: ["name"],
    registers: [registry],
  });
  return (name) => (leads) => status.set({ name }, leads ? 1 : 0);
}

function workQueueMetrics(registry: Registry): (name: string) => WorkQueueMetrics {
  const common = { labelNames: ["name", "controller"], registers: [registry] };
  const depth = new Gauge({ ...common, name: "workqueue_depth", help: "Keys that wait for a worker." });
  const adds = new Counter({ ...common, name: "workqueue_adds_total", help: "Keys added." });
  const retries = new Counter({
    ...common,
    name: "workqueue_retries_total",
    help: "Keys delayed after a failure.",
  });
  const waited = new Histogram({
    ...common,
    name: "workqueue_queue_duration_seconds",
    help: "How long keys wait for a worker.",
    buckets: QUEUE_BUCKETS,
  });
  const worked = new Histogram({
    ...common,
    name: "workqueue_work_duration_seconds",
    help: "How long work on a key takes.",
    buckets: QUEUE_BUCKETS,
  });
  const ages = new Map<string, () => readonly number[]>();
  const ageGauge = (name: string, help: string, combine: (ages: readonly number[]) => number) =>
    new Gauge({
      ...common,
      name,
      help,
      collect() {
        for (const [queue, read] of ages) this.set({ name: queue, controller: queue }, combine(read()));
      },
    });
  ageGauge(
    "workqueue_unfinished_work_seconds",
    "Total time that keys in progress have taken so far.",
    (all) => all.reduce((sum, age) => sum + age, 0),
  );
  ageGauge(
    "workqueue_longest_running_processor_seconds",
    "Time that the oldest key in progress has taken so far.",
    (all) => Math.max(0, ...all),
  );
  return (name) => {
    const labels = { name, controller: name };
    adds.inc(labels, 0);
    retries.inc(labels, 0);
    return {
      depth: (keys) => depth.set(labels, keys),
      added: () => adds.inc(labels),
      retried: () => retries.inc(labels),
      taken: (seconds) => waited.observe(labels, seconds),
      finished: (seconds) => worked.observe(labels, seconds),
      running: (read) => ages.set(name, read),
    };
  };
}

function controllerMetrics(registry: Registry): (name: string) => ControllerMetrics {
  const common = { labelNames: ["controller"], registers: [registry] };
  const total = new Counter({
    ...common,
    name: "controller_runtime_reconcile_total",
    help: "Reconciles by how they ended.",
    labelNames: ["controller", "result"],
  });
  const errors = new Counter({
    ...common,
    name: "controller_runtime_reconcile_errors_total",
    help: "Reconciles that ended in an error.",
  });
  const panics = new Counter({
    ...common,
    name: "controller_runtime_reconcile_panics_total",
    help: "Reconciles that failed because of a bug.",
  });
  const time = new Histogram({
    ...common,
    name: "controller_runtime_reconcile_time_seconds",
    help: "How long reconciles take.",
    buckets: RECONCILE_BUCKETS,
  });
  const active = new Gauge({
    ...common,
    name: "controller_runtime_active_workers",
    help: "Reconciles in progress.",
  });
  const most = new Gauge({
    ...common,
    name: "controller_runtime_max_concurrent_reconciles",
    help: "Reconciles that may run at the same time.",
  });
  return (controller) => {
    for (const result of ["success", "error", "requeue", "requeue_after"])
      total.inc({ controller, result }, 0);
    errors.inc({ controller }, 0);
    panics.inc({ controller }, 0);
    active.set({ controller }, 0);
    return {
      workers: (count) => most.set({ controller }, count),
      active: (change) => active.inc({ controller }, change),
      reconciled: (result, seconds) => {
        total.inc({ controller, result });
        if (result === "error") errors.inc({ controller });
        time.observe({ controller }, seconds);
      },
      panicked: () => panics.inc({ controller }),
    };
  };
}

function reflectorMetrics(registry: Registry): (name: string) => ReflectorMetrics {
  const common = { labelNames: ["name"], registers: [registry] };
  const lists = new Counter({ ...common, name: "reflector_lists_total", help: "Whole lists read." });
  const watches = new Counter({ ...common, name: "reflector_watches_total", help: "Watches opened." });
  const failures = new Counter({
    ...common,
    name: "reflector_failures_total",
    help: "Lists and watches that ended in an error, by reason.",
    labelNames: ["name", "reason"],
  });
  const lastEvents = new Map<string, () => number>();
  new Gauge({
    ...common,
    name: "reflector_watch_last_event_timestamp_seconds",
    help: "When the API server last sent anything about the resource: list, event or bookmark.",
    collect() {
      for (const [name, time] of lastEvents) this.set({ name }, time() / 1_000);
    },
  });
  return (name) => ({
    listed: () => lists.inc({ name }),
    watched: () => watches.inc({ name }),
    failed: (reason) => failures.inc({ name, reason }),
    lastEvent: (time) => lastEvents.set(name, time),
  });
}
