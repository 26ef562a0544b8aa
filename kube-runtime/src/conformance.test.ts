import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = readFileSync(join(import.meta.dirname, "../CONFORMANCE.md"), "utf8");

/** A row of the page: the test file, and the titles on the way to the test. */
interface Row {
  readonly file: string;
  readonly titles: readonly string[];
}

const ROWS: readonly Row[] = [...PAGE.matchAll(/^[|] .+ [|] .+ [|] `([^`]+)` › (.+) [|]$/gm)].map(
  ([, file = "", titles = ""]) => ({ file, titles: titles.split(" › ") }),
);

/** The titles of all groups and tests in a test file. A title that only has a parameter is left out. */
function titlesIn(file: string): readonly string[] {
  const source = readFileSync(join(import.meta.dirname, file), "utf8");
  const direct = [...source.matchAll(/^\s*(?:describe|it)(?:\.concurrent)?\("((?:[^"\\]|\\.)*)"/gm)];
  const ofTables = [...source.matchAll(/^\s*\](?: as const)?\)\("((?:[^"\\]|\\.)*)"/gm)];
  return [...direct, ...ofTables].map(([, title = ""]) => title).filter((title) => title !== "%s");
}

const FILES = [...new Set(ROWS.map(({ file }) => file))];

describe("CONFORMANCE.md", () => {
  it("has a row for each part of the runtime", () => {
    expect(FILES).toEqual(
      expect.arrayContaining([
        "client/kube-client.test.ts",
        "cache/store.test.ts",
        "cache/reflector.test.ts",
        "controller/work-queue.test.ts",
        "controller/controller.test.ts",
        "leader/leader-elector.test.ts",
        "manager/manager.test.ts",
      ]),
    );
    const lines = PAGE.split("\n").filter((line) => line.startsWith("| ") && line.includes(".test.ts"));
    expect(ROWS).toHaveLength(lines.length);
  });

  it.each(ROWS)("names a test of $file: $titles", ({ file, titles }) => {
    const existing = titlesIn(file);
    for (const title of titles) expect(existing).toContain(title);
  });

  it.each(FILES)("has a row for each test in %s", (file) => {
    const cited = new Set(ROWS.filter((row) => row.file === file).flatMap(({ titles }) => titles));
    expect(titlesIn(file).filter((title) => !cited.has(title))).toEqual([]);
  });
});
