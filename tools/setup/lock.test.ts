import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withLock } from "./lock.mjs";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  path = join(folder, "locks", "tools");
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe("a lock", () => {
  it("is free again after the work, done or failed", async () => {
    expect(await withLock(path, async () => 5)).toBe(5);
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await readdir(join(folder, "locks"))).toEqual([]);
  });

  it("lets one process work at a time", async () => {
    const lock = JSON.stringify(pathToFileURL(join(import.meta.dirname, "lock.mjs")).href);
    const script = `
      import { appendFileSync } from "node:fs";
      import { withLock } from ${lock};
      await withLock(${JSON.stringify(path)}, async () => {
        appendFileSync(${JSON.stringify(join(folder, "log"))}, "<");
        await new Promise((done) => setTimeout(done, 100));
        appendFileSync(${JSON.stringify(join(folder, "log"))}, ">");
      });`;
    const workers = [1, 2, 3].map(() => spawn(process.execPath, ["--input-type=module", "-e", script]));
    const codes = await Promise.all(workers.map((worker) => once(worker, "exit")));
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
    expect(await readFile(join(folder, "log"), "utf8")).toBe("<><><>");
  });

  it.each([
    ["its owner is dead", hostname(), 0],
    ["its owner, on another machine, has not touched it for a minute", "elsewhere", 61_000],
  ])("is taken over when %s", async (_when, host, age) => {
    await withLock(path, async () => {});
    await writeFile(path, JSON.stringify({ pid: await deadProcess(), host }));
    const touched = new Date(Date.now() - age);
    await utimes(path, touched, touched);
    expect(await withLock(path, async () => "mine")).toBe("mine");
  });
});

async function deadProcess(): Promise<number | undefined> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid;
}
