import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const REPOSITORY = join(import.meta.dirname, "..");
const STAY = "setInterval(() => {}, 1000);";

let folder: string;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-"));
  output = "";
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("run.mjs", { timeout: 20_000 }, () => {
  it("runs a script under Node 24 or later in the root folder, with its arguments, and is otherwise quiet", async () => {
    const script =
      "console.log(JSON.stringify([Number(process.versions.node.split('.')[0]), process.cwd(), ...process.argv.slice(2)]))";
    const run = await start(script, ["--once", "a b"]);
    await once(run, "close");
    const [major, cwd, ...args] = JSON.parse(output);
    expect(major).toBeGreaterThanOrEqual(24);
    expect([cwd, ...args]).toEqual([REPOSITORY, "--once", "a b"]);
  });

  it.each([
    ["the script's exit code", "process.exit(7)", 7],
    ["1 when the script throws", "throw new Error('no')", 1],
    ["128 and the number of the signal that ended the script", "process.kill(process.pid, 'SIGKILL')", 137],
  ])("ends with %s", async (_what, script, code) => {
    const [ended] = await once(await start(script), "close");
    expect(ended).toBe(code);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "passes %s on, once although npm sends it again",
    async (signal) => {
      const script = `let count = 0;
      process.on("${signal}", () => { count += 1; setTimeout(() => process.exit(10 + count), 300); });
      console.log("ready"); ${STAY}`;
      const run = await start(script);
      await said("ready");
      run.kill(signal);
      await new Promise((later) => setTimeout(later, 50));
      run.kill(signal);
      const [code] = await once(run, "close");
      expect(code).toBe(11);
    },
  );

  it("leaves nothing running when it is killed", async () => {
    const run = await start(`console.log(process.pid); ${STAY}`);
    await said("\n");
    run.kill("SIGKILL");
    await vi.waitFor(() => expect(() => process.kill(Number(output), 0)).toThrow("ESRCH"), 10_000);
  });
});

async function start(script: string, args: readonly string[] = []): Promise<ChildProcess> {
  const file = join(folder, "script.mjs");
  await writeFile(file, script);
  const runner = join(REPOSITORY, "tools", "run.mjs");
  const env = { ...process.env };
  delete env.npm_lifecycle_event;
  const run = spawn(process.execPath, [runner, relative(REPOSITORY, file), ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [run.stdout, run.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return run;
}

async function said(text: string): Promise<void> {
  await vi.waitFor(() => expect(output).toContain(text), 10_000);
}
