import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { areInstalled } from "./dependencies.mjs";

const WANTED = {
  "": { name: "root" },
  operator: { version: "0.1.0" },
  "node_modules/@rotated-secrets/operator": { resolved: "operator", link: true },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/only-on-macos": { version: "1.0.0", integrity: "sha512-m", optional: true },
};
const workspace = { "node_modules/@rotated-secrets/operator": { resolved: "operator", link: true } };
const { a, m } = { a: WANTED["node_modules/a"], m: WANTED["node_modules/only-on-macos"] };

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "dependencies-"));
  await mkdir(join(root, "node_modules"));
  await write("package-lock.json", WANTED);
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("the packages of the lockfile", () => {
  it.each([
    [
      "are installed when npm recorded the same ones",
      true,
      { ...workspace, "node_modules/a": a, "node_modules/only-on-macos": m },
    ],
    ["are installed without what is for another platform", true, { ...workspace, "node_modules/a": a }],
    [
      "are installed although others lie there too",
      true,
      { ...workspace, "node_modules/a": a, "node_modules/b": a },
    ],
    ["are not when one is missing", false, workspace],
    ["are not when a workspace is not linked", false, { "node_modules/a": a }],
    [
      "are not when one has another version",
      false,
      { ...workspace, "node_modules/a": { ...a, version: "1.0.1" } },
    ],
    [
      "are not when one has other content",
      false,
      { ...workspace, "node_modules/a": { ...a, integrity: "sha512-b" } },
    ],
  ])("%s", async (_name, expected, installed) => {
    await write(join("node_modules", ".package-lock.json"), installed);
    expect(await areInstalled(root)).toBe(expected);
  });

  it("are not when npm never came to its end", async () => {
    expect(await areInstalled(root)).toBe(false);
  });
});

async function write(path: string, packages: unknown): Promise<void> {
  await writeFile(join(root, path), JSON.stringify({ packages }));
}
