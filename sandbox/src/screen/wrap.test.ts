import { describe, expect, it } from "vitest";
import { widthOf, wrapAtMost, wrapLine, wrapParts } from "./wrap.ts";

const ID = "0b9b8a05-1f0c-4a3e-8d67-0e7ba90b0e7b";

describe("a line", () => {
  it.each<[string, string, readonly string[]]>([
    ["stays as it is where it fits", "ten in all", ["ten in all"]],
    ["breaks between words", "one two three four", ["one two", "three four"]],
    ["goes on under its own indent", "  one two three", ["  one two", "  three"]],
    ["keeps its columns where it fits", "a    b   c", ["a    b   c"]],
    ["never breaks an id", `holds ${ID} now`, ["holds", ID, "now"]],
    ["may be empty", "", [""]],
  ])("%s", (_what, line, lines) => {
    expect(wrapLine(line, 10)).toEqual(lines);
  });

  it("goes on under the indent that is asked for", () => {
    expect(wrapLine("1.0 s  one two three", 12, "       ")).toEqual([
      "1.0 s  one",
      "       two",
      "       three",
    ]);
  });

  it("does not count colours", () => {
    const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
    expect(wrapLine(`${red("four")} ${red("fives")} x`, 10)).toEqual([`${red("four")} ${red("fives")}`, "x"]);
    expect(widthOf(red("four"))).toBe(4);
  });
});

it("parts stay whole", () => {
  const options = { width: 20, separator: "  ", indent: "          " };
  expect(wrapParts(["checkout", "v1 ready", "v2 ready"], options)).toEqual([
    "checkout  v1 ready",
    "          v2 ready",
  ]);
});

describe("a line of which only the beginning is shown", () => {
  it("ends with an ellipsis at the end of a word", () => {
    expect(wrapAtMost("one two three four five six", 10, 2)).toEqual(["one two", "three …"]);
  });

  it("is whole where it fits", () => {
    expect(wrapAtMost("one two three", 10, 2)).toEqual(["one two", "three"]);
  });
});
