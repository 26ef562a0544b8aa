import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WordSearch } from "./word-search.ts";

describe("a search for many words at once", () => {
  it("finds what a search for each of them finds", () => {
    // Few letters, so that words are in texts, begin alike and overlap; one of them takes two bytes.
    const text = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength, maxLength });
    fc.assert(
      fc.property(fc.array(text(4, 6), { maxLength: 20 }), text(0, 60), (words, where) => {
        const expected = new Set(words.filter((word) => where.includes(word)));
        expect(new WordSearch(words).foundIn(where)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses words that are found by chance", () => {
    expect(() => new WordSearch(["abc"])).toThrow();
  });
});
