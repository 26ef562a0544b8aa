import { describe, expect, it } from "vitest";
import { deadline, delay } from "./deadline.ts";
import { ManualClock } from "./manual-clock.ts";

describe("a deadline", () => {
  it("aborts when its time is over, later when it was renewed", async () => {
    const clock = new ManualClock();
    const limit = deadline(clock, 100, "the work");
    await clock.advance(90);
    limit.renew();
    await clock.advance(90);
    expect(limit.signal.aborted).toBe(false);
    await clock.advance(10);
    expect(limit.signal.reason).toMatchObject({ message: "the work took longer than 100 ms" });
  });

  it.each(["before", "after"])("aborts for its parent's reason when that aborts %s it is made", (when) => {
    const parent = new AbortController();
    const reason = new Error("the process ends");
    if (when === "before") parent.abort(reason);
    const limit = deadline(new ManualClock(), 100, "the work", parent.signal);
    parent.abort(reason);
    expect(limit.signal.reason).toBe(reason);
  });

  it("leaves nothing behind once released", () => {
    const clock = new ManualClock();
    const parent = new AbortController();
    const limit = deadline(clock, 100, "the work", parent.signal);
    limit.release();
    parent.abort();
    expect([clock.pendingTimers, limit.signal.aborted]).toEqual([0, false]);
  });
});

describe("a delay", () => {
  it("is over in time", async () => {
    const clock = new ManualClock();
    const waiting = delay(clock, 100, new AbortController().signal);
    await clock.advance(100);
    await waiting;
  });

  it("throws the signal's reason at once and leaves no timer", async () => {
    const clock = new ManualClock();
    const given = new AbortController();
    const waiting = delay(clock, 100, given.signal);
    given.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(delay(clock, 100, given.signal)).rejects.toThrow("enough");
    expect(clock.pendingTimers).toBe(0);
  });
});
