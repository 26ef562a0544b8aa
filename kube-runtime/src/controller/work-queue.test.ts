import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noMetrics } from "../telemetry/runtime-metrics.ts";
import { ManualClock } from "../time/manual-clock.ts";
import type { Random } from "../time/random.ts";
import { WorkQueue } from "./work-queue.ts";

function newQueue(random: Random = () => 0.5) {
  const clock = new ManualClock();
  const queue = new WorkQueue({
    keyOf: (key: string) => key,
    clock,
    random,
    metrics: noMetrics.workQueue("test"),
  });
  return { clock, queue };
}

/** Takes all keys that are ready, and hands them back. */
async function drain(queue: WorkQueue<string>): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) {
    const key = await queue.take();
    if (key !== undefined) keys.push(key);
    if (key !== undefined) queue.done(key);
  }
  return keys;
}

describe("add", () => {
  it("hands out keys in their order, each once", async () => {
    const { queue } = newQueue();
    for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);
    expect(await drain(queue)).toEqual(["a", "b", "c"]);
  });

  it("keeps a key that is in progress until it is done, then hands it out once more", async () => {
    const { queue } = newQueue();
    queue.add("a");
    await queue.take();
    queue.add("a");
    queue.add("a");
    expect(queue.depth).toBe(0);
    queue.done("a");
    expect(await drain(queue)).toEqual(["a"]);
  });

  it("hands the key to a worker that waits", async () => {
    const { queue } = newQueue();
    const waiting = queue.take();
    queue.add("a");
    expect(await waiting).toBe("a");
  });
});

describe("addAfter", () => {
  it.each([
    ["the earlier time when it came first", [1_000, 5_000], 1_000],
    ["the earlier time when it came last", [5_000, 1_000], 1_000],
  ])("honours %s, once", async (_, waits, due) => {
    const { clock, queue } = newQueue();
    for (const ms of waits) queue.addAfter("a", ms);
    await clock.advance(due - 1);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await drain(queue)).toEqual(["a"]);
    await clock.advance(10_000);
    expect(queue.depth).toBe(0);
  });

  it("does not depend on the machine's clock", async () => {
    const { clock, queue } = newQueue();
    queue.addAfter("a", 1_000);
    clock.setWallClock(0);
    await clock.advance(1_000);
    expect(queue.depth).toBe(1);
  });
});

describe("addRateLimited", () => {
  it.each([
    [0, [1_000, 1_000, 1_000, 1_000]],
    [0.999999, [2_000, 4_000, 8_000, 16_000]],
  ])("waits longer each time, between the base and a bound that doubles (random %d)", (random, waits) => {
    const { queue } = newQueue(() => random);
    expect(waits.map(() => Math.round(queue.addRateLimited("a")))).toEqual(waits);
  });

  it("never waits less than 1 s or more than 5 min, unless told to", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (rolls) => {
          const dice = rolls.values();
          const { queue } = newQueue(() => dice.next().value ?? 0);
          for (const _ of rolls) {
            const wait = queue.addRateLimited("a");
            expect(wait).toBeGreaterThanOrEqual(1_000);
            expect(wait).toBeLessThanOrEqual(300_000);
          }
          expect(queue.addRateLimited("a", 400_000)).toBe(400_000);
        },
      ),
    );
  });

  it("begins again after forget", () => {
    const { queue } = newQueue(() => 0.999999);
    queue.addRateLimited("a");
    queue.addRateLimited("a");
    expect(queue.attempts("a")).toBe(2);
    queue.forget("a");
    expect(Math.round(queue.addRateLimited("a"))).toBe(2_000);
  });
});

describe("shutDown", () => {
  it("ends waiting workers and drops waiting keys and timers", async () => {
    const { clock, queue } = newQueue();
    const waiting = queue.take();
    queue.addAfter("a", 1_000);
    queue.shutDown();
    queue.add("b");
    queue.addAfter("c", 1);
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    expect(clock.pendingTimers).toBe(0);
  });
});

const operations = fc.array(
  fc.record({
    kind: fc.constantFrom("add", "addAfter", "addRateLimited", "take", "done", "advance"),
    key: fc.constantFrom("a", "b", "c", "d"),
    ms: fc.nat({ max: 3_000 }),
  }),
  { maxLength: 60 },
);

describe("in any order of calls", () => {
  it("never gives a key to two workers, and loses none", async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (steps) => {
        const { clock, queue } = newQueue();
        const underWork = new Set<string>();
        const wanted = new Set<string>();
        const take = async () => {
          if (queue.depth === 0) return;
          const key = await queue.take();
          if (key === undefined) return;
          expect(underWork.has(key)).toBe(false);
          underWork.add(key);
          wanted.delete(key);
        };
        for (const { kind, key, ms } of steps) {
          if (kind === "take") await take();
          else if (kind === "done") {
            queue.done(key);
            underWork.delete(key);
          } else if (kind === "advance") await clock.advance(ms);
          else {
            if (kind === "add") queue.add(key);
            else if (kind === "addAfter") queue.addAfter(key, ms);
            else queue.addRateLimited(key);
            wanted.add(key);
          }
        }
        for (const key of underWork) queue.done(key);
        underWork.clear();
        await clock.advance(600_000);
        for (const key of await drain(queue)) wanted.delete(key);
        expect([...wanted]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

it("handles 10,000 keys", async () => {
  const { queue } = newQueue();
  for (let n = 0; n < 10_000; n += 1) queue.add(`shop/${n}`);
  expect((await drain(queue)).length).toBe(10_000);
});
