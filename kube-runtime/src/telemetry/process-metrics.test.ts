import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { ManualClock } from "../time/manual-clock.ts";
import { processMetrics } from "./process-metrics.ts";

async function samples(registry: Registry): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.replace(/[ {].*/, ""), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

/** Keeps the event loop busy, so that a window has a utilization. */
function work(): void {
  const end = performance.now() + 20;
  while (performance.now() < end);
}

/** Lets the event loop wait, so that a window is not busy all the time. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

it("says how the process is, under the names of Prometheus' client libraries", async () => {
  const registry = new Registry();
  const end = processMetrics(registry, new ManualClock());
  const seen = await samples(registry);
  const positive = [...seen].filter(([, value]) => value > 0).map(([name]) => name);
  for (const name of [
    "process_start_time_seconds",
    "process_resident_memory_bytes",
    "nodejs_heap_size_total_bytes",
    "nodejs_heap_size_used_bytes",
    "nodejs_external_memory_bytes",
    ...(process.platform === "linux" ? ["process_open_fds", "process_max_fds"] : []),
  ])
    expect(positive).toContain(name);
  for (const name of ["process_cpu_seconds_total", "nodejs_eventloop_utilization"])
    expect(seen.keys()).toContain(name);
  expect([...seen.keys()].filter((name) => name.includes("lag"))).toEqual([]);
  end();
});

it("gives two scrapers the same utilization of the event loop, until its window is over", async () => {
  const registry = new Registry();
  const clock = new ManualClock();
  const end = processMetrics(registry, clock);
  const utilization = async () => (await samples(registry)).get("nodejs_eventloop_utilization");
  work();
  await clock.advance(15_000);
  const first = await utilization();
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(1);
  await idle();
  expect(await utilization()).toBe(first);
  await clock.advance(15_000);
  expect(await utilization()).toBeLessThan(1);
  end();
  expect(clock.pendingTimers).toBe(0);
});

it("serves two registries of one process", async () => {
  const registries = [new Registry(), new Registry()] as const;
  const ends = registries.map((registry) => processMetrics(registry, new ManualClock()));
  const [one, two] = [await samples(registries[0]), await samples(registries[1])];
  expect([...one.keys()]).toEqual([...two.keys()]);
  for (const end of ends) end();
});
