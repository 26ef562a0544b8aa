import { describe, expect, it } from "vitest";
import { KeyedRateLimit } from "./keyed-rate-limit.ts";
import { ManualClock } from "./manual-clock.ts";

const take = (limit: KeyedRateLimit, key: string, times: number) =>
  Array.from({ length: times }, () => limit.tryTake(key)).filter(Boolean).length;

describe("KeyedRateLimit", () => {
  it("lets a burst through, then as many as time brings, and never more than a burst", async () => {
    const clock = new ManualClock();
    const limit = new KeyedRateLimit(clock, { burst: 3, perSecond: 0.1 });
    expect(take(limit, "a", 5)).toBe(3);
    await clock.advance(10_000);
    expect(take(limit, "a", 5)).toBe(1);
    await clock.advance(3_600_000);
    expect(take(limit, "a", 5)).toBe(3);
  });

  it("limits each key by itself", () => {
    const limit = new KeyedRateLimit(new ManualClock(), { burst: 1, perSecond: 0.1 });
    expect(["a", "b", "a"].map((key) => limit.tryTake(key))).toEqual([true, true, false]);
  });

  it("keeps 10,000 keys, and forgets the one that was not used for longest", () => {
    const limit = new KeyedRateLimit(new ManualClock(), { burst: 1, perSecond: 0.1 });
    for (let key = 0; key < 10_000; key += 1) limit.tryTake(`key-${key}`);
    expect(limit.tryTake("key-0")).toBe(false);
    limit.tryTake("one more");
    expect(limit.tryTake("key-0")).toBe(false);
    expect(limit.tryTake("key-1")).toBe(true);
  });
});
