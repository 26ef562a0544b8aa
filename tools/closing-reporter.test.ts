import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const REPOSITORY = join(import.meta.dirname, "..");
const CONFIG = `export default { test: {
  globals: true,
  reporters: ["default", ${JSON.stringify(join(import.meta.dirname, "closing-reporter.ts"))}],
} };`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "reporter-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the last line of a run of tests", { timeout: 30_000 }, () => {
  it.each([
    [
      "counts what passed, failed and was skipped",
      {
        "a.test.js": `it("a", () => {}); it("b", () => { throw new Error("no") }); it.skip("c", () => {}); it.todo("d")`,
      },
      "1 passed, 1 failed, 2 skipped",
    ],
    [
      "does not mention skipped tests if there are none",
      { "a.test.js": `it("a", () => {})` },
      "1 passed, 0 failed",
    ],
    [
      "counts a file that cannot be imported, and a hook that throws, as failed",
      {
        "a.test.js": `import "./none.js"`,
        "b.test.js": `beforeAll(() => { throw new Error("no") }); it("b", () => {})`,
      },
      /^0 passed, 2 failed(, 1 skipped)?$/,
    ],
    [
      "counts an unhandled error as failed",
      { "a.test.js": `it("a", () => { Promise.reject(new Error("late")) })` },
      "1 passed, 1 failed",
    ],
    [
      "counts a global set-up that throws as failed",
      {
        "vitest.config.js": CONFIG.replace("globals", `globalSetup: "./setup.js", globals`),
        "setup.js": `export default () => { throw new Error("no") }`,
        "a.test.js": `it("a", () => {})`,
      },
      "0 passed, 1 failed",
    ],
    [
      "is printed after the output of the teardown",
      {
        "vitest.config.js": CONFIG.replace("globals", `globalSetup: "./setup.js", globals`),
        "setup.js": `export default () => () => console.log("torn down")`,
        "a.test.js": `it("a", () => {})`,
      },
      "1 passed, 0 failed",
    ],
  ])("%s", async (_name, files, expected) => {
    for (const [name, content] of Object.entries({ "vitest.config.js": CONFIG, ...files })) {
      await writeFile(join(folder, name), content);
    }
    const { code, lastLine } = await runTests();
    expect(lastLine).toMatch(expected instanceof RegExp ? expected : new RegExp(`^${expected}$`));
    expect(code === 0).toBe(/ 0 failed/.test(lastLine));
  });
});

function runTests(): Promise<{ code: number; lastLine: string }> {
  const vitest = join(REPOSITORY, "node_modules", "vitest", "vitest.mjs");
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [vitest, "run"], { cwd: folder }, (_error, stdout) => {
      resolve({ code: child.exitCode ?? -1, lastLine: stdout.trimEnd().split("\n").at(-1) ?? "" });
    });
  });
}
