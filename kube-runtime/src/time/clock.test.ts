import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./clock.ts";
import { ManualClock } from "./manual-clock.ts";

const DAY_MS = 86_400_000;

describe("the system's clock", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each([0, 1, 10 * DAY_MS, 24 * DAY_MS, 25 * DAY_MS, 400 * DAY_MS])(
    "fires after %d ms, not before",
    (ms) => {
      let fired = 0;
      systemClock.setTimer(ms, () => (fired += 1));
      vi.advanceTimersByTime(Math.max(0, ms - 1));
      expect(fired).toBe(ms === 0 ? 1 : 0);
      vi.advanceTimersByTime(1);
      expect(fired).toBe(1);
    },
  );

  it("cancels a timer of any length", () => {
    let fired = 0;
    const timer = systemClock.setTimer(60 * DAY_MS, () => (fired += 1));
    vi.advanceTimersByTime(40 * DAY_MS);
    timer.cancel();
    vi.advanceTimersByTime(40 * DAY_MS);
    expect(fired).toBe(0);
  });
});

describe("the manual clock", () => {
  it("fires timers in their order, at their time, also those that others set", async () => {
    const clock = new ManualClock(0);
    const story: string[] = [];
    const say = (text: string) => story.push(`${text}@${clock.now()}`);
    clock.setTimer(20, () => say("second"));
    clock.setTimer(10, () => {
      say("first");
      void Promise.resolve().then(() => clock.setTimer(5, () => say("set meanwhile")));
    });
    clock.setTimer(30, () => say("never")).cancel();
    await clock.advance(40);
    expect(story).toEqual(["first@10", "set meanwhile@15", "second@20"]);
    expect([clock.now(), clock.monotonic(), clock.pendingTimers]).toEqual([40, 40, 0]);
  });
});
