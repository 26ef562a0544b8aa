import { describe, expect, it } from "vitest";
import { arrowsOf, circlesOf, graphOf } from "./graph.ts";

const graph = (...arrows: readonly string[]) =>
  graphOf(
    "abcdef",
    arrows.map((arrow) => [arrow[0] ?? "", arrow[1] ?? ""]),
  );

describe("a graph", () => {
  it.each([
    ["none", [], 0],
    ["two the same as one", ["ab", "ab"], 1],
    ["both ways as two", ["ab", "ba"], 2],
    ["to itself as none", ["aa"], 0],
    ["to an unknown node as none", ["ax"], 0],
  ])("counts arrows: %s", (_, arrows, count) => {
    expect(arrowsOf(graph(...arrows))).toBe(count);
  });

  it.each([
    ["a chain", ["ab", "bc", "cd"], []],
    ["two ways to one node", ["ab", "ac", "bd", "cd"], []],
    ["two nodes", ["ba", "ab"], ["ab"]],
    ["three nodes with arrows in and out", ["ab", "bc", "ca", "cd", "ea"], ["abc"]],
    ["two circles", ["ab", "ba", "bc", "cd", "dc"], ["ab", "cd"]],
    ["two circles that share a node", ["ab", "ba", "bc", "cb"], ["abc"]],
  ])("has its circles: %s", (_, arrows, circles) => {
    expect(circlesOf(graph(...arrows)).map((circle) => circle.join(""))).toEqual(circles);
  });
});
