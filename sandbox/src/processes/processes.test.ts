import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Processes } from "./processes.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a process", () => {
  let processes: Processes;

  beforeEach(() => {
    processes = new Processes(join(folder, "sandbox"));
  });

  afterEach(async () => {
    await processes.stop();
  });

  it("has only the given environment, its folder, and a log of both outputs", async () => {
    const run = shell("env; pwd; echo bad >&2", { env: { A: "1 2" }, cwd: folder });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const lines = readFileSync(run.log, "utf8").trim().split("\n");
    // The shell in between sets these.
    const own = lines.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
    expect(own).toEqual(["A=1 2", folder, "bad"]);
    expect(run.log).toBe(join(processes.dir, "logs", "test.log"));
  });

  it.each([
    ["its exit code", "exit 5", { code: 5, signal: null }],
    ["the signal that ended it", "kill -9 $$", { code: null, signal: "SIGKILL" }],
  ])("tells %s", async (_what, script, end) => {
    expect(await shell(script).exited).toEqual(end);
  });

  it("reports a missing program in its log and by exit code 127", async () => {
    const run = processes.spawn({ name: "none", command: "/nowhere/program" });
    expect(await run.exited).toMatchObject({ code: 127 });
    expect(readFileSync(run.log, "utf8")).toContain("/nowhere/program");
  });

  it("is refused if its folder is missing", () => {
    expect(() => shell("true", { cwd: "/nowhere" })).toThrow("its folder");
  });

  it("stops by SIGTERM if it handles it", async () => {
    const run = shell('trap "exit 4" TERM; echo ready; while :; do sleep 0.05; done');
    await logged(run.log, "ready");
    await run.stop();
    expect(await run.exited).toEqual({ code: 4, signal: null });
  });

  it("stops by SIGKILL after its grace period if it does not", async () => {
    const run = shell('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await logged(run.log, "ready");
    await run.stop(50);
    expect(await run.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("stops even while it is frozen", async () => {
    const run = shell('trap "exit 4" TERM; echo ready; while :; do sleep 0.05; done');
    await logged(run.log, "ready");
    run.kill("SIGSTOP");
    await run.stop(50);
    expect(await run.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("takes its remaining child processes with it", async () => {
    const run = shell("sleep 600 & echo $!");
    await run.exited;
    await vi.waitFor(() => expect(isAlive(Number(readFileSync(run.log, "utf8")))).toBe(false));
  });

  it("may receive signals after its end", async () => {
    const run = shell("true");
    await run.exited;
    run.kill("SIGTERM");
    await run.stop();
  });

  function shell(script: string, options: { env?: Record<string, string>; cwd?: string } = {}) {
    return processes.spawn({ name: "test", command: "/bin/sh", args: ["-c", script], ...options });
  }
});

describe("the processes of a sandbox", () => {
  it.each([
    ["remove", false],
    ["keep", true],
  ] as const)("end with it, and its folder as well unless it is to be kept (%s)", async (keep, there) => {
    const dir = join(folder, "sandbox");
    const processes = new Processes(dir, keep);
    const run = processes.spawn({ name: "test", command: "/bin/sleep", args: ["600"] });
    await processes.stop();
    expect(isAlive(run.pid)).toBe(false);
    expect(existsSync(dir)).toBe(there);
    await processes.stop();
    expect(() => processes.spawn({ name: "late", command: "/bin/true" })).toThrow("late is not started");
  });

  it.each<[string, (parent: ChildProcess) => void]>([
    ["is killed by SIGKILL", (parent) => parent.kill("SIGKILL")],
    ["is interrupted", (parent) => parent.kill("SIGINT")],
    ["crashes", (parent) => parent.stdin?.write("crash")],
    ["exits without stopping them", (parent) => parent.stdin?.write("exit")],
  ])("end, with their children and their folder, when the process that holds them %s", async (_how, end) => {
    const dir = join(folder, "sandbox");
    const script = join(import.meta.dirname, "doomed-parent.ts");
    const parent = spawn(process.execPath, [script, dir], { stdio: ["pipe", "pipe", "ignore"] });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const child = join(dir, "child");
    await vi.waitFor(() => expect(readFileSync(child, "utf8")).toMatch(/\d\n/));
    const pids = [...(JSON.parse(line.toString()) as number[]), Number(readFileSync(child, "utf8"))];
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    end(parent);
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false, false]), 10_000);
    await vi.waitFor(() => expect(existsSync(dir)).toBe(false), 10_000);
  });
});

async function logged(path: string, word: string): Promise<void> {
  await vi.waitFor(() => expect(readFileSync(path, "utf8")).toContain(word));
}

/** Whether a process runs. A dead process that its parent has not collected yet does not run. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
