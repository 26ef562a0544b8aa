import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { beforeEach, describe, expect, it } from "vitest";
import { RefreshQueue } from "./refresh-queue.ts";

let clock: ManualClock;
let queue: RefreshQueue<string>;
/** The tasks that were started, with their time. */
let started: string[];
let running: Map<string, () => void>;

beforeEach(() => {
  clock = new ManualClock();
  started = [];
  running = new Map();
  queue = new RefreshQueue({
    clock,
    slots: 2,
    run: (task) => {
      started.push(`${task} ${clock.monotonic()}`);
      return new Promise((resolve) => running.set(task, resolve));
    },
  });
});

async function end(task: string): Promise<void> {
  running.get(task)?.();
  await clock.advance(0);
}

describe("RefreshQueue", () => {
  it("starts tasks when they are due, by one timer", async () => {
    for (const [task, at] of [
      ["c", 30],
      ["a", 10],
      ["b", 20],
    ] as const)
      queue.set(task, at, true);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(25);
    expect(started).toEqual(["a 10", "b 20"]);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(5);
    expect(started.at(-1)).toBe("c 30");
    expect(clock.pendingTimers).toBe(0);
  });

  it("starts a task at the last time that was set, once", async () => {
    queue.set("later", 10, true);
    queue.set("later", 20, false);
    queue.set("sooner", 20, false);
    queue.set("sooner", 5, true);
    await clock.advance(100);
    expect(started).toEqual(["sooner 5", "later 20"]);
  });

  it("does not start a task that was deleted", async () => {
    queue.set("a", 10, true);
    queue.set("b", 10, false);
    queue.delete("a");
    queue.delete("b");
    await clock.advance(100);
    expect(started).toEqual([]);
  });

  it("lets tasks wait for a slot, and starts the one that has been due for longest first", async () => {
    for (const [task, at] of [
      ["a", 1],
      ["b", 2],
      ["d", 4],
      ["c", 3],
    ] as const)
      queue.set(task, at, false);
    await clock.advance(10);
    expect(started).toEqual(["a 1", "b 2"]);
    expect(clock.pendingTimers).toBe(0);
    await end("b");
    await end("a");
    expect(started.slice(2)).toEqual(["c 10", "d 10"]);
  });

  it("does not let urgent tasks wait, and they take no slot", async () => {
    for (const task of ["a", "b", "c"]) queue.set(task, 1, false);
    for (const task of ["x", "y", "z"]) queue.set(task, 2, true);
    await clock.advance(5);
    expect(started).toEqual(["a 1", "b 1", "x 2", "y 2", "z 2"]);
    await end("x");
    expect(started).toHaveLength(5);
    queue.set("c", 6, true);
    await clock.advance(1);
    expect(started.at(-1)).toBe("c 6");
  });

  it("starts nothing after its end, and leaves no timer", async () => {
    for (const task of ["a", "b", "c"]) queue.set(task, 1, false);
    await clock.advance(1);
    queue.set("d", 5, true);
    queue.stop();
    expect(clock.pendingTimers).toBe(0);
    queue.set("e", 6, true);
    await end("a");
    await clock.advance(100);
    expect(started).toEqual(["a 1", "b 1"]);
    expect(clock.pendingTimers).toBe(0);
  });
});
