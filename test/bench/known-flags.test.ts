import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commonFlags, knownFlags } from "./known-flags.ts";

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rotated-secrets-flags-test-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("the flags of a build", () => {
  it("are those of its help", async () => {
    const flags = await knownFlags((await bundles()).operator);
    expect(flags).toContain("log-level");
    expect(flags).toContain("describe-unlisted-every");
  });

  it.each([
    ["a file that is missing", undefined, "there is no file"],
    ["a program that lists no flags", "console.log('hello')", "not a build of the operator"],
    ["a program that fails", "process.exit(3)", "exit status 3"],
  ])("are not known of %s", async (_, source, problem) => {
    const file = join(dir, "other.mjs");
    await rm(file, { force: true });
    if (source !== undefined) await writeFile(file, source);
    await expect(knownFlags(file)).rejects.toThrow(problem);
  });
});

describe("the flags of two builds", () => {
  const common = (setting: string) =>
    commonFlags(new Set(["workers", "shards"]), new Set(["workers", "burst"]), { [setting]: "4" });

  it("are those that both know", () => {
    expect([...common("workers")]).toEqual(["workers"]);
  });

  it.each([
    ["shards", "--setting shards: the other build does not know --shards"],
    ["burst", "--setting burst: this build does not know --burst"],
  ])("leave no room for a setting that one does not know: %s", (setting, problem) => {
    expect(() => common(setting)).toThrow(problem);
  });
});
