import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "@rotated-secrets/sandbox/demo/report";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Command, startCommand } from "./command.ts";
import { inSandbox, sandboxFolder } from "./in-sandbox.ts";
import { isGone } from "./is-gone.ts";
import { processTree } from "./process-tree.ts";

describe("npm run demo -- --once --report FILE", () => {
  const folder = mkdtempSync(join(tmpdir(), "demo-test-"));
  const file = join(folder, "report.json");
  let exitCode: number | null;
  let output: string;

  beforeAll(async () => {
    const demo = startCommand("demo/main.ts", "--once", "--report", file);
    exitCode = await demo.ended();
    output = demo.output();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("rotates three times under load without a failure, and ends by itself", () => {
    expect(exitCode, output).toBe(0);
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    const seconds = [expect.any(Number), expect.any(Number), expect.any(Number)];
    expect(report).toEqual({
      rotations: 3,
      queries: expect.any(Number),
      failedLogins: 0,
      failedQueries: 0,
      secondsToSecret: seconds,
      secondsToRolledOut: seconds,
      podsOnOldVersion: 0,
    });
    expect(report.queries).toBeGreaterThan(1_000);
    report.secondsToSecret.forEach((toSecret, index) => {
      expect(toSecret).toBeGreaterThan(0);
      expect(report.secondsToRolledOut[index]).toBeGreaterThan(toSecret);
    });
  });

  it("tells each step of each rotation, with its time", () => {
    for (const [what, times] of [
      ["helm has installed the operator", 1],
      ["RotatedSecret payments-db is Ready", 1],
      ["requested: kubectl annotate rsec payments-db", 3],
      ["createSecret: done", 3],
      ["finishSecret: done", 3],
      ["AWSCURRENT moves to v", 3],
      ["the Secret payments-db carries v", 3],
      ["the operator restarts deployment/checkout", 3],
      ["replaced 5/5: ", 3],
      ["all 5 pods are new, no older one left", 3],
      ["settled on v", 3],
    ] as const) {
      expect(output.match(new RegExp(`^ +\\d+\\.\\d s +.*${what}`, "gm")) ?? [], what).toHaveLength(times);
    }
    expect(output).toContain("0 failed; ");
  });

  it("writes plain lines where it does not write to a terminal", () => {
    expect(output).not.toContain("\u001b");
  });
});

describe("a command line", () => {
  it.each([
    ["demo/main.ts", ["--help"], 0, "--report FILE"],
    ["demo/main.ts", ["--onse"], 2, "--onse"],
    ["demo/main.ts", ["--report"], 2, "--report"],
    ["demo/main.ts", ["extra"], 2, "See: npm run demo -- --help"],
    ["main.ts", ["--help"], 0, "--yaml"],
    ["main.ts", ["--nope"], 2, "See: npm run sandbox -- --help"],
    ["main.ts", ["--yaml"], 0, "image: sandbox.local/web-service:dev"],
  ] as const)("%s %j is answered with exit status %i", async (script, args, status, text) => {
    const command = startCommand(script, ...args);
    expect(await command.ended()).toBe(status);
    expect(command.output()).toContain(text);
  });
});

describe("a sandbox that is ended", () => {
  const started: Command[] = [];
  const start = (...args: Parameters<typeof startCommand>) => {
    const command = startCommand(...args);
    started.push(command);
    return command;
  };

  afterEach(async () => {
    const commands = started.splice(0);
    for (const command of commands) command.kill("SIGTERM");
    await Promise.all(commands.map((command) => command.ended()));
  });

  it("leaves nothing behind, and the other on the same machine alone", async () => {
    const [first, second] = [start("main.ts"), start("main.ts")];
    await Promise.all([first.said("npm run operator\n"), second.said("npm run operator\n")]);
    const next = start("main.ts", "--next");
    expect(await next.ended()).toBe(0);
    for (const { pid } of [first, second]) expect(next.output()).toContain(sandboxFolder(pid));
    for (const command of pastedCommands(first.output())) await inSandbox(first.pid, command);
    const ofFirst = processTree(first.pid);
    first.kill("SIGKILL");
    await isGone(ofFirst);
    expect(await inSandbox(second.pid, "kubectl get rsec -n payments")).toContain("payments-db");
    const ofSecond = processTree(second.pid);
    second.kill("SIGINT");
    expect(await second.ended()).toBe(130);
    await isGone(ofSecond);
  });

  it.each(["etcd is ready", "the node is ready", "the first version is"])(
    "leaves nothing behind when Ctrl-C comes after “%s”",
    async (line) => {
      const demo = start("demo/main.ts", "--once");
      await demo.said(line);
      const processes = processTree(demo.pid);
      demo.kill("SIGINT");
      expect(await demo.ended()).toBe(130);
      await isGone(processes);
    },
  );

  /** The commands that the sandbox offers to try, except those that do not end by themselves. */
  function pastedCommands(output: string): readonly string[] {
    const [, offered = ""] = output.split(/^source .*\n/m);
    const blocks = offered
      .trim()
      .split("\n\n")
      .map((block) => block.slice(block.indexOf("\n") + 1));
    expect(blocks.length).toBeGreaterThan(5);
    return blocks
      .filter((block) => !/--watch|npm run/.test(block))
      .map((block) => block.replace("--follow", ""));
  }
});
