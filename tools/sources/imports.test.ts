import { describe, expect, it } from "vitest";
import { importsOf } from "./imports.ts";

const PATH = "operator/src/reconciler/act.ts";

describe("the imports of a file", () => {
  it.each([
    ["a value", 'import { a } from "MODULE";', false],
    ["a value from several lines", 'import {\n  a,\n  type B,\n} from "MODULE";', false],
    ["a default", 'import a from "MODULE";', false],
    ["a default whose name is type", 'import type from "MODULE";', false],
    ["a namespace", 'import * as all from "MODULE";', false],
    ["the effect alone", 'import "MODULE";', false],
    ["a re-export", 'export { a } from "MODULE";', false],
    ["a re-export of everything", 'export * from "MODULE";', false],
    ["a dynamic import", 'const a = await import("MODULE");', false],
    ["JSON", 'import release from "MODULE" with { type: "json" };', false],
    ["a type", 'import type { A } from "MODULE";', true],
    ["types from several lines", 'import type {\n  A,\n  B,\n} from "MODULE";', true],
    ["types one by one", 'import { type A, type B } from "MODULE";', true],
    ["a re-export of a type", 'export type { A } from "MODULE";', true],
  ])("hold %s", (_, statement, typesOnly) => {
    const text = `// First line.\n${statement.replace("MODULE", "./ports.ts")}\n`;
    expect(importsOf({ path: PATH, text })).toEqual([
      { specifier: "./ports.ts", target: "operator/src/reconciler/ports.ts", typesOnly },
    ]);
  });

  it.each([
    ["./observe.ts", "operator/src/reconciler/observe.ts"],
    ["../lifecycle/rollout/rollout.ts", "operator/src/lifecycle/rollout/rollout.ts"],
    ["@rotated-secrets/contract/labels", "contract/src/labels.ts"],
    ["node:fs/promises", "node:fs/promises"],
    ["@aws-sdk/client-sts", "@aws-sdk/client-sts"],
  ])("lead from %s to %s", (specifier, target) => {
    const text = `import { a } from "${specifier}";\n`;
    expect(importsOf({ path: PATH, text })).toMatchObject([{ specifier, target }]);
  });
});
