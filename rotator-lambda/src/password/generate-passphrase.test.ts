import { describe, expect, it } from "vitest";
import { generatePassphrase } from "./generate-passphrase.ts";

const SIX = { kind: "words", count: 6, separator: "-" } as const;

describe("generatePassphrase", () => {
  it("has the number of words in the policy", () => {
    expect(generatePassphrase(SIX).reveal()).toMatch(/^([a-z]{3,8}-){5}[a-z]{3,8}$/);
  });

  it("chooses among 2,048 words", () => {
    const limits = new Set<number>();
    const last = (limit: number) => {
      limits.add(limit);
      return limit - 1;
    };
    expect(generatePassphrase(SIX, last).reveal()).toBe("zoo-zoo-zoo-zoo-zoo-zoo");
    expect([...limits]).toEqual([2_048]);
  });
});
