import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { ROOT } from "@rotated-secrets/sandbox/bundles";
import { refusedLogins } from "@rotated-secrets/sandbox/demo/refused-logins";
import type { Report } from "@rotated-secrets/sandbox/demo/report";
import { countServices } from "@rotated-secrets/sandbox/demo/service-counts";
import { scaleOperator } from "@rotated-secrets/sandbox/operator-release";
import { awsClient, type DatabaseSecret } from "@rotated-secrets/sandbox/samples/database-secret";
import { PAYMENTS, setUpPayments, startServices } from "@rotated-secrets/sandbox/samples/payments";
import { type Sandbox, startSandbox } from "@rotated-secrets/sandbox/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Command, startCommand } from "./command.ts";
import { foldersOf, processTree, running } from "./process-tree.ts";

const inShell = promisify(execFile);

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
      ["pod replaced 5/5: ", 3],
      ["all 5 pods are new, and no older one is left", 3],
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

describe("the demo's command line", () => {
  it.each([
    [["--help"], 0, "--report FILE"],
    [["--onse"], 2, "--onse"],
    [["--report"], 2, "--report"],
    [["extra"], 2, "extra"],
  ])("answers %j with exit status %i", async (args, status, text) => {
    const demo = startCommand("demo/main.ts", ...args);
    expect(await demo.ended()).toBe(status);
    expect(demo.output()).toContain(text);
  });
});

describe("the demo without the operator", () => {
  let sandbox: Sandbox;
  let secret: DatabaseSecret;

  beforeAll(async () => {
    sandbox = await startSandbox({ aws: { readLagMs: 100 } });
    secret = await setUpPayments(sandbox, {}, () => {});
    await startServices(sandbox);
    await scaleOperator(sandbox, 0);
  });

  afterAll(() => sandbox?.stop());

  it("counts failed logins once AWS has rotated twice", async () => {
    const { logDir } = sandbox.node;
    expect(await countServices(logDir, PAYMENTS.namespace)).toMatchObject({
      failedQueries: 0,
      failedLogins: 0,
    });
    await rotateInAws();
    await rotateInAws();
    const counts = await eventually("the services and PostgreSQL count failed logins", async () => {
      const own = await countServices(logDir, PAYMENTS.namespace);
      return own.failedLogins > 0 && refusedLogins(readFileSync(sandbox.postgres.logPath, "utf8")) > 0
        ? own
        : undefined;
    });
    expect(counts.failedQueries).toBeGreaterThanOrEqual(counts.failedLogins);
  });

  async function rotateInAws(): Promise<void> {
    const client = awsClient(sandbox);
    const moves = () =>
      sandbox.aws.labelMoves.filter(({ arn, label }) => arn === secret.arn && label === AWSCURRENT).length;
    const before = moves();
    try {
      // The rotation before may not be quite at its end, which is an error of RotateSecret.
      await eventually("AWS takes the order", () =>
        client.send(new RotateSecretCommand({ SecretId: secret.arn })),
      );
      await eventually("AWSCURRENT moves", () => (moves() > before ? true : undefined));
    } finally {
      client.destroy();
    }
  }
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
    for (const command of pastedCommands(first.output())) await paste(first, command);
    const ofFirst = processTree(first.pid);
    first.kill("SIGKILL");
    await isGone(ofFirst);
    expect(await paste(second, "kubectl get rsec -n payments")).toContain("payments-db");
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

  async function isGone(processes: ReturnType<typeof processTree>): Promise<void> {
    const folders = foldersOf(processes);
    expect(processes.length).toBeGreaterThan(3);
    expect(folders.length).toBeGreaterThan(0);
    await eventually(
      "its processes and folders are gone",
      () => {
        const left = [
          ...running(processes).map(({ command }) => command.join(" ")),
          ...folders.filter((folder) => existsSync(folder)),
        ];
        if (left.length > 0) throw new Error(left.join("\n"));
        return true;
      },
      15_000,
    );
  }

  /** What the sandbox offers to try, but for what does not end by itself. */
  function pastedCommands(output: string): readonly string[] {
    const [, offered = ""] = output.split(/^export PATH=.*\n/m);
    const blocks = offered
      .trim()
      .split("\n\n")
      .map((block) => block.slice(block.indexOf("\n") + 1));
    expect(blocks.length).toBeGreaterThan(5);
    return blocks
      .filter((block) => !/--watch|npm run/.test(block))
      .map((block) => block.replace("--follow", ""));
  }

  /** Runs a command in a shell that has the lines which the sandbox printed. */
  async function paste(command: Command, line: string): Promise<string> {
    const exports = command.output().match(/^export .*$/gm) ?? [];
    const { stdout } = await inShell("bash", ["-e", "-o", "pipefail", "-c", [...exports, line].join("\n")], {
      cwd: ROOT,
    });
    return stdout;
  }
});
