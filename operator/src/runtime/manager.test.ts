import { afterEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../telemetry/logger.ts";
import { systemClock } from "./clock.ts";
import { HealthServer } from "./health.ts";
import { type Cache, Manager } from "./manager.ts";
import type { Runnable } from "./runnable-group.ts";

const ended: AbortController[] = [];
afterEach(() => {
  for (const stop of ended.splice(0)) stop.abort();
});

function setUp(graceMs = 1_000) {
  const story: string[] = [];
  const stop = new AbortController();
  ended.push(stop);
  const health = new HealthServer({
    host: "127.0.0.1",
    port: 0,
    metrics: { contentType: "text/plain", text: async () => "" },
  });
  const manager = new Manager({ clock: systemClock, log: silentLogger, health, graceMs });
  const runnable = (name: string, end: Promise<void> = Promise.resolve()): Runnable => ({
    name,
    run: async (signal) => {
      story.push(`${name} starts`);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await end;
      story.push(`${name} ends`);
    },
  });
  const cache = () => {
    const synced = Promise.withResolvers<void>();
    let hasSynced = false;
    const made: Cache = {
      ...runnable("cache"),
      synced: synced.promise,
      notReady: () => (hasSynced ? undefined : "empty"),
      stalled: () => undefined,
    };
    const fill = () => {
      hasSynced = true;
      synced.resolve();
    };
    return { made, fill };
  };
  return { story, stop, manager, runnable, cache };
}

describe("the manager", () => {
  it("starts controllers when caches are filled, and ends them before the caches", async () => {
    const { story, stop, manager, runnable, cache } = setUp();
    const { made, fill } = cache();
    manager.addCache(made);
    manager.addRunnable(runnable("controller"));
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["cache starts"]));
    fill();
    await vi.waitFor(() => expect(story).toEqual(["cache starts", "controller starts"]));
    stop.abort();
    await running;
    expect(story.slice(2)).toEqual(["controller ends", "cache ends"]);
  });

  it("ends also while caches are still empty", async () => {
    const { story, stop, manager, runnable, cache } = setUp();
    manager.addCache(cache().made);
    manager.addRunnable(runnable("controller"));
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["cache starts"]));
    stop.abort();
    await running;
    expect(story).toEqual(["cache starts", "cache ends"]);
  });

  it("does not wait for ever for what does not end", async () => {
    const { story, stop, manager, runnable } = setUp(20);
    manager.addRunnable(runnable("deaf", new Promise(() => {})));
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["deaf starts"]));
    stop.abort();
    await running;
  });

  it.each<[string, () => Promise<void>, string]>([
    ["fails", () => Promise.reject(new Error("broken")), "broken"],
    ["ends by itself", () => Promise.resolve(), "failing ended although nobody had told it to"],
  ])("ends everything when a part %s", async (_, run, message) => {
    const { story, stop, manager, runnable } = setUp();
    manager.addRunnable(runnable("controller"));
    manager.addRunnable({ name: "failing", run });
    await expect(manager.run(stop.signal)).rejects.toThrow(message);
    expect(story).toEqual(["controller starts", "controller ends"]);
  });
});
