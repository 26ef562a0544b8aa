import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Processes, type RunningProcess } from "../processes/processes.ts";
import { ComponentFailed, retryOnTakenPort, untilReady } from "./component.ts";
import { freePorts } from "./free-port.ts";

let processes: Processes;

beforeEach(async () => {
  processes = new Processes(await mkdtemp(join(tmpdir(), "component-")));
});

afterEach(async () => {
  await processes.stop();
});

describe("the start of a component", () => {
  it("is over when the component is ready", async () => {
    let asked = 0;
    await untilReady(component("sleep 600"), async () => {
      asked += 1;
      return asked === 3;
    });
    expect(asked).toBe(3);
  });

  it("fails with the end of its log if the component dies", async () => {
    const start = untilReady(component("echo one; echo no such flag >&2; exit 3"), async () => false);
    await expect(start).rejects.toThrow(
      /^tester ended while it started \(exit code 3\).*test\.log:\none\nno such flag$/s,
    );
  });

  it.each([
    ["once more if its port was taken", "listen tcp 127.0.0.1:1: bind: address already in use", 2],
    ["not again for other reasons", "unknown flag", 1],
  ])("is tried %s", async (_what, message, tries) => {
    let count = 0;
    const start = retryOnTakenPort(async () => {
      count += 1;
      await untilReady(component(`echo ${message}; exit 1`), async () => false);
    });
    await expect(start).rejects.toBeInstanceOf(ComponentFailed);
    expect(count).toBe(tries);
  });
});

describe("freePorts", () => {
  it("finds different ports that can be listened on", async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    const server = createServer();
    await new Promise<void>((listening) => server.listen(ports[0], "127.0.0.1", listening));
    server.close();
  });
});

function component(script: string): RunningProcess {
  const log = join(processes.dir, "test.log");
  return processes.spawn({ name: "tester", command: "/bin/sh", args: ["-c", script], log });
}
