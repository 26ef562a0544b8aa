import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generatePassword } from "./generate-password.ts";

const DIGITS = "0123456789";
const LETTERS = "abcdefghij";

describe("generatePassword", () => {
  it("has the policy's length, only its characters, and one of each kind", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 200 }), (length) => {
        const password = generatePassword({
          kind: "characters",
          length,
          alphabets: [LETTERS, DIGITS, "-"],
          requireEach: true,
        }).reveal();
        expect(password).toMatch(/^[a-j0-9-]*$/);
        expect(password).toHaveLength(length);
        expect(password).toMatch(/(?=.*[a-j])(?=.*[0-9])(?=.*-)/);
      }),
      { numRuns: 50 },
    );
  });

  it("draws again until each kind is present", () => {
    const draws = [0, 1, 2, 3, 4, 5, 6, 7, 10, 0, 11, 1, 12, 2, 13, 3];
    const random = () => draws.shift() ?? 0;
    const policy = {
      kind: "characters",
      length: 8,
      alphabets: [LETTERS, DIGITS],
      requireEach: true,
    } as const;
    expect(generatePassword(policy, random).reveal()).toBe("0a1b2c3d");
  });

  it("uses every character equally often", () => {
    const policy = { kind: "characters", length: 4_096, alphabets: [DIGITS], requireEach: false } as const;
    const counts = new Map<string, number>();
    for (const digit of generatePassword(policy).reveal()) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    // Six standard deviations of 410 in 4,096.
    for (const digit of DIGITS) expect(Math.abs((counts.get(digit) ?? 0) - 409.6)).toBeLessThan(116);
  });

  it("is not shown when printed", () => {
    expect(
      String(generatePassword({ kind: "characters", length: 8, alphabets: [DIGITS], requireEach: false })),
    ).toBe("[redacted]");
  });
});
