import { execFile } from "node:child_process";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleFile } from "./bundle-file.ts";

describe("a bundle", () => {
  let dir: string;
  const at = (name: string) => join(dir, name);

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "bundle-"));
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await writeFile(
      at("greeting.cts"),
      'const os = require("node:os"); export const greeting = "hello" + os.EOL;',
    );
    await writeFile(
      at("main.ts"),
      'import { greeting } from "./greeting.cts"; process.stdout.write(greeting as string);',
    );
    // A file that changes during the build counts as changed. These were written in the same moment.
    for (const name of ["greeting.cts", "main.ts"]) await utimes(at(name), anHourAgo, anHourAgo);
  });
  afterEach(() => rm(dir, { recursive: true }));

  const make = () => bundleFile(at("main.ts"), at("dist/main.mjs"));
  const run = async () =>
    (await promisify(execFile)(process.execPath, [at("dist/main.mjs")], { cwd: "/" })).stdout;

  it("runs by itself, CommonJS in it included", async () => {
    expect(await make()).toMatchObject({ path: at("dist/main.mjs"), built: "now" });
    await rm(at("greeting.cts"));
    expect(await run()).toBe("hello\n");
  });

  it("is built again only when one of its sources has changed", async () => {
    await make();
    expect(await make()).toMatchObject({ built: "before" });
    await writeFile(at("greeting.cts"), 'export const greeting = "good morning";');
    expect(await make()).toMatchObject({ built: "now" });
    expect(await run()).toBe("good morning");
    await rm(at("dist/main.mjs"));
    expect(await make()).toMatchObject({ built: "now" });
  });

  it("says where a source is wrong", async () => {
    await writeFile(at("main.ts"), 'import "./missing.ts";');
    await expect(make()).rejects.toThrow(/main\.ts:1:7.*missing\.ts/);
  });
});
