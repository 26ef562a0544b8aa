import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PodEnding } from "./pod-ending.ts";

describe("PodEnding", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each<{ why: string; calls: readonly [atMs: number, graceSeconds: number][]; killedAt: number }>([
    { why: "kills when the grace period is over", calls: [[0, 30]], killedAt: 30_000 },
    {
      why: "can be shortened",
      calls: [
        [0, 30],
        [5_000, 10],
      ],
      killedAt: 15_000,
    },
    {
      why: "cannot be extended",
      calls: [
        [0, 10],
        [5_000, 30],
      ],
      killedAt: 10_000,
    },
    {
      why: "does not start again with the same grace period",
      calls: [
        [0, 10],
        [5_000, 10],
      ],
      killedAt: 10_000,
    },
  ])("$why", ({ calls, killedAt }) => {
    const ending = new PodEnding();
    for (const [atMs, graceSeconds] of calls) setTimeout(() => ending.within(graceSeconds), atMs);
    vi.advanceTimersByTime(killedAt - 1);
    expect([ending.begun.aborted, ending.kill.aborted]).toEqual([true, false]);
    vi.advanceTimersByTime(1);
    expect(ending.kill.aborted).toBe(true);
  });

  it("kills nothing once closed", () => {
    const ending = new PodEnding();
    ending.within(1);
    ending.close();
    ending.within(0);
    vi.advanceTimersByTime(10_000);
    expect(ending.kill.aborted).toBe(false);
  });
});
