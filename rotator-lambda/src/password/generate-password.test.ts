import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Environment, readSettings } from "../settings.ts";
import { generatePassword } from "./generate-password.ts";

const DIGITS = "0123456789";
const LETTERS = "abcdefghij";

/** Whether a URL still has its host, and the password, if nothing escapes the password. */
function survivesUrl(password: string): boolean {
  try {
    const url = new URL(`postgres://app:${password}@db.example:5432/app`);
    return url.hostname === "db.example" && decodeURIComponent(url.password) === password;
  } catch {
    return false;
  }
}

describe("generatePassword", () => {
  it("makes passwords of which two in three break a URL, as docs/lambda.md says, but none without punctuation", () => {
    const broken = (environment: Environment) => {
      const policy = readSettings(environment).password;
      if (policy.kind !== "characters") throw new Error("not a policy of characters");
      const passwords = Array.from({ length: 2_000 }, () => generatePassword(policy).reveal());
      return passwords.filter((password) => !survivesUrl(password)).length / passwords.length;
    };
    expect(Math.abs(broken({}) - 2 / 3)).toBeLessThan(0.06);
    expect(broken({ EXCLUDE_PUNCTUATION: "true" })).toBe(0);
  });

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
