import { readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { Counter, Gauge, Registry } from "prom-client";

/** All metrics of the process, and how /metrics shows them. Metrics of others are made with `registers: [registry]`. */
export class Metrics {
  readonly registry = new Registry();

  /** Starts with what a Prometheus client library says of any process, read when it is asked for. */
  constructor() {
    this.#cpuTime();
    this.#gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
    const startedAt = performance.timeOrigin / 1_000;
    this.#gauge(
      "process_start_time_seconds",
      "When the process started, in seconds since the epoch.",
      () => startedAt,
    );
    this.#gauge("process_open_fds", "Open file descriptors.", openFiles);
    this.#gauge("nodejs_heap_size_used_bytes", "Memory that JavaScript objects use.", heapUsed);
    this.#gauge(
      "nodejs_eventloop_utilization",
      "Part of the time that the event loop was busy since the last look.",
      busy(),
    );
  }

  /** As the Content-Type header of `text`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  #cpuTime(): void {
    new Counter({
      name: "process_cpu_seconds_total",
      help: "CPU time used, user and system, in seconds.",
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(cpuSeconds());
      },
    });
  }

  #gauge(name: string, help: string, read: () => number | undefined): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function heapUsed(): number {
  return process.memoryUsage().heapUsed;
}

/** Only Linux tells. */
function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}

function busy(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
