import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesGlob, mayMatchGlob } from "./secret-glob.ts";

const ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbC123";

/** The definition, without optimisation. */
function covers(glob: string, text: string): boolean {
  if (glob === "") return text === "";
  if (glob[0] === "*") return covers(glob.slice(1), text) || (text !== "" && covers(glob, text.slice(1)));
  return text !== "" && (glob[0] === "?" || glob[0] === text[0]) && covers(glob.slice(1), text.slice(1));
}

describe("a glob over ARNs", () => {
  it.each([
    [ARN, true],
    ["*", true],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/*", true],
    ["arn:aws:secretsmanager:*:111122223333:secret:*/db-??????", true],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-??????", true],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db", false],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-?????", false],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:test/*", false],
    ["arn:aws:secretsmanager:eu-west-1:999922223333:secret:*", false],
    ["prod/payments/*", false],
    ["", false],
  ])("%s: %s", (glob, expected) => {
    expect(matchesGlob(glob, ARN)).toBe(expected);
  });

  it("matches special characters of regular expressions literally", () => {
    expect(matchesGlob("a.c", "abc")).toBe(false);
    expect(matchesGlob("a+(b)[c]$", "a+(b)[c]$")).toBe(true);
  });

  it("agrees with its definition on all short texts", () => {
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 10 });
    fc.assert(
      fc.property(glob, text, (g, t) => matchesGlob(g, t) === covers(g, t)),
      { numRuns: 2_000 },
    );
  });

  it("matches every text from which it was made by inserting stars and question marks", () => {
    const piece = fc.tuple(fc.string({ maxLength: 5 }), fc.constantFrom("*", "?", "keep"));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.map(([t]) => t).join("");
        const glob = pieces
          .map(([t, by]) => (by === "*" ? "*" : by === "?" ? "?".repeat(t.length) : t))
          .join("");
        expect(matchesGlob(glob, text)).toBe(true);
      }),
    );
  });

  it("is fast for globs that make backtracking slow", () => {
    const glob = `${"*a".repeat(500)}b`;
    const started = performance.now();
    expect(matchesGlob(glob, "a".repeat(2_048))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("a glob over a text with unknown characters", () => {
  const form = `arn:aws:secretsmanager:eu-west-1:${"?".repeat(12)}:secret:prod/payments/db-??????`;

  it.each([
    ["*", true],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/*", true],
    ["arn:aws:secretsmanager:*:secret:prod/payments/db-??????", true],
    ["arn:aws:secretsmanager:eu-west-1:*:secret:prod/payments/db-AbC123", true],
    ["arn:aws:secretsmanager:eu-west-1:1111:secret:prod/payments/*", false],
    ["arn:aws:secretsmanager:us-east-1:*", false],
    ["arn:aws:secretsmanager:eu-west-1:*:secret:prod/orders/*", false],
  ])("%s: %s", (glob, expected) => {
    expect(mayMatchGlob(glob, form)).toBe(expected);
  });

  it("matches a form if and only if it matches one of its texts", () => {
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
    const unknown = fc.string({ unit: fc.constantFrom("a", "b", "?"), maxLength: 6 });
    const texts = (text: string): string[] =>
      text.includes("?") ? ["a", "b"].flatMap((known) => texts(text.replace("?", known))) : [text];
    fc.assert(
      fc.property(glob, unknown, (g, f) => mayMatchGlob(g, f) === texts(f).some((t) => matchesGlob(g, t))),
      { numRuns: 1_000 },
    );
  });
});
