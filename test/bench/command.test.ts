import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readBenchCommand } from "./command.ts";

describe("the command line of the bench", () => {
  it("asks for 100 RotatedSecrets and a minute of rest by default", () => {
    expect(readBenchCommand([])).toEqual({
      kind: "run",
      options: { n: 100, restMs: 60_000, settings: {}, json: undefined, against: undefined },
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
        against: undefined,
      },
    });
  });

  it.each([
    [["--against", "old.mjs"], 3],
    [["--against", "old.mjs", "--rounds", "5"], 5],
  ])("%j measures another build in %i rounds", (args, rounds) => {
    expect(readBenchCommand(args)).toMatchObject({
      kind: "run",
      options: { against: { bundle: resolve("old.mjs"), rounds } },
    });
  });

  it("tells how to make a bundle of another commit", () => {
    expect(readBenchCommand(["--help"])).toMatchObject({
      kind: "help",
      text: expect.stringMatching(/git worktree add .*\n.*npm run bundle.*\n.*--against .*operator\.mjs/),
    });
  });

  it.each([
    ["no secrets", ["--n", "0"], "a whole number from 1"],
    ["a word as a number", ["--n", "many"], "a whole number from 1"],
    ["a rest without a unit", ["--rest", "60"], "not a duration"],
    ["a setting without a value", ["--setting", "workers"], "write NAME=VALUE"],
    ["no file", ["--json", ""], "the name of a file"],
    ["no other build", ["--against", ""], "--against needs the name of a file"],
    ["no rounds", ["--against", "old.mjs", "--rounds", "0"], '--rounds is "0"'],
    ["rounds of one build", ["--rounds", "2"], "--rounds needs --against"],
    ["an unknown flag", ["--fast"], "--fast"],
  ])("refuses %s", (_, args, problem) => {
    expect(readBenchCommand(args)).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining(problem),
    });
  });
});
