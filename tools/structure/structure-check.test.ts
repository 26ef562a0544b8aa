import { describe, expect, it } from "vitest";
import type { SourceFile } from "../sources/source-file.ts";
import { checkStructure } from "./structure-check.ts";

const LIFECYCLE = "operator/src/lifecycle";

/** A file that imports these, `type X` types alone, and has this many lines at least. */
function file(path: string, imports: readonly string[] = [], lines = 0): SourceFile {
  const statements = imports.map((one) => {
    const [specifier = "", type = ""] = one.split(" ").reverse();
    return `import ${type === "" ? "" : "type "}{ a } from "${specifier}";\n`;
  });
  return { path, text: statements.join("") + "\n".repeat(Math.max(lines - imports.length, 0)) };
}

/** Files of a folder that import all that come after them. */
function tower(folder: string, rooms: number): readonly SourceFile[] {
  const names = Array.from({ length: rooms }, (_, i) => `room${i}.ts`);
  return names.map((name, i) =>
    file(
      `${folder}/${name}`,
      names.slice(i + 1).map((other) => `./${other}`),
    ),
  );
}

const problemOf = (files: readonly SourceFile[]) => checkStructure(files).problem;
const figuresOf = (files: readonly SourceFile[]) => checkStructure(files).figures;

describe("the structure of the sources", () => {
  it.each([
    ["13 rooms of lifecycle", tower(LIFECYCLE, 13).map(({ path }) => file(path)), "13 rooms, at most 12"],
    ["55 arrows in lifecycle", tower(LIFECYCLE, 11), "55 arrows, at most 45"],
    ["7 rooms of aws", tower("operator/src/aws", 7), "7 rooms, at most 6"],
    ["11 rooms of kubernetes", tower("operator/src/kubernetes", 11), "11 rooms, at most 10"],
    ["a file of 301 lines", [file("sandbox/src/a.ts", [], 301)], "sandbox/src/a.ts has 301 lines"],
    [
      "a median of 100 lines",
      ["a", "b", "c"].map((name, i) => file(`tools/${name}.ts`, [], 99 + i)),
      "the median must be below 100 lines",
    ],
    [
      "folders that import each other by different files",
      [
        file(`${LIFECYCLE}/rollout/a.ts`, ["../rotation/a.ts"]),
        file(`${LIFECYCLE}/rotation/a.ts`),
        file(`${LIFECYCLE}/rotation/b.ts`, ["type ../rollout/b.ts"]),
        file(`${LIFECYCLE}/rollout/b.ts`),
      ],
      "import each other in a circle: rollout -> rotation, rotation -> rollout",
    ],
    [
      "files anywhere that import each other, types included",
      [
        file("sandbox/src/a.ts", ["./b.ts"]),
        file("sandbox/src/b.ts", ["@rotated-secrets/contract/c"]),
        file("contract/src/c.ts", ["type ../../sandbox/src/a.ts"]),
      ],
      "contract/src/c.ts -> sandbox/src/a.ts",
    ],
    [
      "logic of lifecycle in act.ts",
      [file("operator/src/reconciler/act.ts", ["../lifecycle/rotation/rotation.ts"])],
      "may import only types from ../lifecycle/rotation/rotation.ts",
    ],
  ])("may not have %s", (_, files, problem) => {
    expect(problemOf(files)).toContain(problem);
  });

  it.each([
    ["12 rooms of lifecycle", tower(LIFECYCLE, 12).map(({ path }) => file(path))],
    ["45 arrows in lifecycle", tower(LIFECYCLE, 10)],
    ["a long test", [file("sandbox/src/a.test.ts", [], 400)]],
    ["a long file for tests", [file("sandbox/src/testing/a.ts", [], 400), file("test/specs.ts", [], 400)]],
    ["a long file among short ones", [file("a/a.ts"), file("a/b.ts"), file("a/c.ts", [], 300)]],
    [
      "tests that close a circle",
      [file(`${LIFECYCLE}/a/a.ts`, ["../b.ts"]), file(`${LIFECYCLE}/b.ts`)].concat(
        file(`${LIFECYCLE}/b.test.ts`, ["./a/a.ts"]),
      ),
    ],
    ["types of lifecycle in act.ts", [file("operator/src/reconciler/act.ts", ["type ../lifecycle/step.ts"])]],
    ["logic of ports in act.ts", [file("operator/src/reconciler/act.ts", ["../ports/fact.ts"])]],
  ])("may have %s", (_, files) => {
    expect(problemOf(files)).toBe("");
  });

  it("is shown by figures: rooms, distinct arrows between them, circles, sizes, logic in act.ts", () => {
    const files = [
      file(`${LIFECYCLE}/decide.ts`, ["./step.ts", "./rollout/a.ts", "./rollout/b.ts"], 30),
      file(`${LIFECYCLE}/rollout/a.ts`, ["./b.ts", "../step.ts", "@rotated-secrets/contract/labels"], 20),
      file(`${LIFECYCLE}/rollout/b.ts`, ["../step.ts"], 10),
      file(`${LIFECYCLE}/step.ts`),
      file(`${LIFECYCLE}/testing/world.ts`, ["../step.ts"]),
    ];
    expect(figuresOf(files)).toEqual([
      "operator/src/lifecycle: 3 of 12 rooms, 3 of 45 arrows",
      "operator/src/aws: 0 of 6 rooms, 0 arrows",
      "operator/src/kubernetes: 0 of 10 rooms, 0 arrows",
      "circles: 0 in 4 files",
      "sizes: median 10 lines, longest 30 (operator/src/lifecycle/decide.ts)",
      "operator/src/reconciler/act.ts: 0 imports of logic from operator/src/lifecycle",
    ]);
  });
});
