import { describe, expect, it } from "vitest";
import { renewalTime } from "./pod-tokens.ts";

describe("renewalTime", () => {
  it.each([
    [600, 480_000, "80 % of ten minutes"],
    [3_607, 2_885_600, "80 % of an API token's hour"],
    [864_000, 86_400_000, "a day for a token of ten days"],
  ])("of a token of %i s is after %i ms: %s", (lifeSeconds, after) => {
    expect(renewalTime(1_000, lifeSeconds)).toBe(1_000 + after);
  });
});
