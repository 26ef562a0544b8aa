import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { describe, expect, it } from "vitest";
import { EventBudget } from "./event-budget.ts";

const spend = (budget: EventBudget, uid: string, times: number) =>
  Array.from({ length: times }, () => budget.spend(uid)).filter(Boolean).length;

describe("EventBudget", () => {
  it("lets a burst through, then as many as time brings, and never more than a burst", async () => {
    const clock = new ManualClock();
    const budget = new EventBudget(clock, { burst: 3, perSecond: 0.1 });
    expect(spend(budget, "a", 5)).toBe(3);
    await clock.advance(10_000);
    expect(spend(budget, "a", 5)).toBe(1);
    await clock.advance(3_600_000);
    expect(spend(budget, "a", 5)).toBe(3);
  });

  it("has one for each object", () => {
    const budget = new EventBudget(new ManualClock(), { burst: 1, perSecond: 0.1 });
    expect([budget.spend("a"), budget.spend("b"), budget.spend("a")]).toEqual([true, true, false]);
  });
});
