import { afterEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../telemetry/logger.ts";
import { systemClock } from "../time/clock.ts";
import { HealthServer } from "./health.ts";
import { type Cache, type Election, Manager } from "./manager.ts";
import type { Runnable } from "./runnable-group.ts";

const ended: AbortController[] = [];
afterEach(() => {
  for (const stop of ended.splice(0)) stop.abort();
});

function setUp(graceMs = 1_000, election?: Election) {
  const story: string[] = [];
  const stop = new AbortController();
  ended.push(stop);
  const health = new HealthServer({ host: "127.0.0.1", port: 0 });
  const manager = new Manager({ clock: systemClock, log: silentLogger, health, graceMs, election });
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
  it("starts controllers when the caches have synced, and stops them before the caches", async () => {
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

  it("stops also before the caches have synced", async () => {
    const { story, stop, manager, runnable, cache } = setUp();
    manager.addCache(cache().made);
    manager.addRunnable(runnable("controller"));
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["cache starts"]));
    stop.abort();
    await running;
    expect(story).toEqual(["cache starts", "cache ends"]);
  });

  it("does not wait for ever for a part that does not stop", async () => {
    const { story, stop, manager, runnable } = setUp(20);
    manager.addRunnable(runnable("deaf", new Promise(() => {})));
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["deaf starts"]));
    stop.abort();
    await running;
  });

  it.each<[string, () => Promise<void>, string]>([
    ["fails", () => Promise.reject(new Error("broken")), "broken"],
    ["ends by itself", () => Promise.resolve(), "failing ended without being stopped"],
  ])("stops all parts when one %s", async (_, run, message) => {
    const { story, stop, manager, runnable } = setUp();
    manager.addRunnable(runnable("controller"));
    manager.addRunnable({ name: "failing", run });
    await expect(manager.run(stop.signal)).rejects.toThrow(message);
    expect(story).toEqual(["controller starts", "controller ends"]);
  });
});

describe("with an election, the manager", () => {
  /** An election that the test decides. */
  function election(story: string[]) {
    const elected = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<void>();
    const made: Election = {
      name: "election",
      elected: elected.promise,
      run: async (signal) => {
        story.push("election starts");
        await Promise.race([
          lost.promise,
          new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true })),
        ]);
        story.push("election ends");
      },
    };
    return { made, win: elected.resolve, lose: () => lost.reject(new Error("another leads")) };
  }

  it("syncs the caches of a standby and starts no controller", async () => {
    const events: string[] = [];
    const { story, stop, manager, runnable, cache } = setUp(1_000, election(events).made);
    const { made, fill } = cache();
    manager.addCache(made);
    manager.addRunnable(runnable("controller"));
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["cache starts"]));
    expect(events).toEqual([]);
    fill();
    await vi.waitFor(() => expect(events).toEqual(["election starts"]));
    stop.abort();
    await running;
    expect([story, events]).toEqual([
      ["cache starts", "cache ends"],
      ["election starts", "election ends"],
    ]);
  });

  it("starts controllers when this process becomes the leader, and releases the lease after they have ended", async () => {
    const story: string[] = [];
    const { made, win } = election(story);
    const { stop, manager } = setUp(1_000, made);
    manager.addRunnable({
      name: "controller",
      run: async (signal) => {
        story.push("controller starts");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        story.push("controller ends");
      },
    });
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["election starts"]));
    win();
    await vi.waitFor(() => expect(story).toEqual(["election starts", "controller starts"]));
    stop.abort();
    await running;
    expect(story.slice(2)).toEqual(["controller ends", "election ends"]);
  });

  it("stops all parts quickly when the lease is lost, whatever their grace period", async () => {
    const { made, win, lose } = election([]);
    const { story, stop, manager, runnable } = setUp(600_000, made);
    manager.addRunnable(runnable("deaf", new Promise(() => {})));
    win();
    const running = manager.run(stop.signal);
    await vi.waitFor(() => expect(story).toEqual(["deaf starts"]));
    lose();
    await expect(running).rejects.toThrow("another leads");
  });
});
