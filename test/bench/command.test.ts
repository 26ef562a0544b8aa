import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readBenchCommand } from "./command.ts";

describe("the command line of the bench", () => {
  it("asks for 100 RotatedSecrets and a minute of rest where it says nothing", () => {
    expect(readBenchCommand([])).toEqual({
      kind: "run",
      options: { n: 100, restMs: 60_000, settings: {}, json: undefined },
    });
  });

  it("says how many, how long, with which settings and where to", () => {
    const args = ["--n", "1000", "--rest", "5s", "--setting", "workers=4", "--setting", "list-every=2s"];
    expect(readBenchCommand([...args, "--json", "a.json"])).toEqual({
      kind: "run",
      options: {
        n: 1_000,
        restMs: 5_000,
        settings: { workers: "4", "list-every": "2s" },
        json: resolve("a.json"),
      },
    });
  });

  it.each([
    ["no secrets", ["--n", "0"], "a whole number from 1"],
    ["a number that is none", ["--n", "many"], "a whole number from 1"],
    ["a rest without a unit", ["--rest", "60"], "not a duration"],
    ["a setting without a value", ["--setting", "workers"], "write NAME=VALUE"],
    ["no file", ["--json", ""], "the name of a file"],
    ["what it does not know", ["--fast"], "--fast"],
  ])("refuses %s", (_, args, problem) => {
    expect(readBenchCommand(args)).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining(problem),
    });
  });
});
