import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesGlob, mayMatchGlob } from "./secret-glob.ts";

const ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbC123";

/** The definition, written down without any thought of speed. */
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

  it("takes signs that mean something in regular expressions as themselves", () => {
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

  it("covers every text that it was made from by putting in stars and question marks", () => {
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

  it("answers at once where backtracking would take for ever", () => {
    const glob = `${"*a".repeat(500)}b`;
    const started = performance.now();
    expect(matchesGlob(glob, "a".repeat(2_048))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("a glob over texts of which some characters are not known", () => {
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

  it("covers a form exactly where it covers one of its texts", () => {
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
