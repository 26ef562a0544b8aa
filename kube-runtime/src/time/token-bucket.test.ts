import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { TokenBucket } from "./token-bucket.ts";

const never = new AbortController().signal;

describe("a token bucket", () => {
  it("lets a burst through, then callers at its rate, in order", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, { perSecond: 10, burst: 3 });
    const through: number[] = [];
    for (let n = 0; n < 6; n += 1) void bucket.take(never).then(() => through.push(n));
    await clock.advance(0);
    expect(through).toEqual([0, 1, 2]);
    await clock.advance(200);
    expect(through).toEqual([0, 1, 2, 3, 4]);
    await clock.advance(100);
    expect(through).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("fills up to its burst in a rest, not above", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, { perSecond: 10, burst: 2 });
    await clock.advance(60_000);
    const through: number[] = [];
    for (let n = 0; n < 4; n += 1) void bucket.take(never).then(() => through.push(n));
    await clock.advance(0);
    expect(through).toEqual([0, 1]);
  });

  it("gives the turn of one who left to the next", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, { perSecond: 10, burst: 1 });
    const given = new AbortController();
    await bucket.take(never);
    const left = bucket.take(given.signal);
    given.abort(new Error("enough"));
    await expect(left).rejects.toThrow("enough");
    let through = false;
    void bucket.take(never).then(() => (through = true));
    await clock.advance(100);
    expect(through).toBe(true);
  });

  it("gives a token at once or not at all to callers that do not wait", async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket(clock, { perSecond: 10, burst: 2 });
    const taken = () => Array.from({ length: 4 }, () => bucket.tryTake()).filter(Boolean).length;
    expect(taken()).toBe(2);
    await clock.advance(99);
    expect(taken()).toBe(0);
    await clock.advance(1);
    expect(taken()).toBe(1);
    await clock.advance(60_000);
    expect(taken()).toBe(2);
  });
});
