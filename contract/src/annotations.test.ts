import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { versionAnnotation } from "./annotations.ts";

const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789".split(""));
const inner = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789-.".split(""));
const secretName = fc
  .tuple(letter, fc.array(inner, { maxLength: 251 }), letter)
  .map(([first, middle, last]) => first + middle.join("") + last);

describe("versionAnnotation", () => {
  it("contains a short name unchanged", () => {
    expect(versionAnnotation("payments-db")).toBe("version.rotatedsecrets.dev/payments-db");
    expect(versionAnnotation("a".repeat(63))).toBe(`version.rotatedsecrets.dev/${"a".repeat(63)}`);
  });

  it("is a valid annotation name for every Secret", () => {
    fc.assert(
      fc.property(secretName, (name) => {
        expect(versionAnnotation(name)).toMatch(
          /^version\.rotatedsecrets\.dev\/(?=.{1,63}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
        );
      }),
    );
  });

  it("differs for long names with the same beginning", () => {
    fc.assert(
      fc.property(secretName, secretName, (one, other) => {
        fc.pre(one !== other);
        const prefix = "a".repeat(70);
        expect(versionAnnotation(prefix + one)).not.toBe(versionAnnotation(prefix + other));
      }),
    );
  });
});
