import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { jsonLogger } from "@rotated-secrets/kube-runtime/telemetry/json-logger";
import { FakeApiServer } from "@rotated-secrets/kube-runtime/testing/fake-api-server";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScriptedSecretsManager, secret } from "./aws/testing/secrets-manager.fixture.ts";
import { createOperator, type Operator } from "./operator.ts";
import { readSettings, type Settings } from "./settings.ts";
import { fakeCluster, fakeRotatedSecret } from "./testing/fake-cluster.ts";

let api: FakeApiServer;
let stopped: (() => Promise<void>)[];

beforeEach(async () => {
  api = await FakeApiServer.start();
  api.answer = fakeCluster({ rotatedsecrets: [fakeRotatedSecret("db", "prod/db")] });
  stopped = [];
});

afterEach(async () => {
  for (const stop of stopped) await stop();
  await api.stop();
});

function settings(...flags: readonly string[]): Settings {
  const read = readSettings(["--port=0", "--health-port=0", "--region=eu-west-1", ...flags], {});
  if (read.kind !== "run") throw new Error("the flags are valid");
  return read.settings;
}

/** An operator by this pod name, with a clock, a client and an AWS of its own, and the messages of its log. */
function operator(podName: string) {
  const clock = new ManualClock();
  const messages: string[] = [];
  const aws = new ScriptedSecretsManager(clock);
  aws.put(secret("prod/db", 1));
  const client = new KubeClient({ config: api.config, userAgent: podName, clock });
  const write = (line: string) => messages.push((JSON.parse(line) as { msg: string }).msg);
  const created: Operator = createOperator(settings("--leader-elect=true"), {
    ...{ clock, random: () => 0.5, aws, client },
    environment: { POD_NAME: podName },
    log: jsonLogger({ level: "info", destination: { write } }),
  });
  stopped.push(
    () => created.stop(),
    () => client.close(),
  );
  return { clock, aws, messages, ...created };
}

vi.setConfig({ testTimeout: 60_000 });
const PATIENCE = { timeout: 20_000, interval: 20 };

describe("two operators in one process", () => {
  it("lead one after the other, and the one that does not lead leaves AWS alone", async () => {
    const one = operator("one");
    const two = operator("two");
    const runOne = one.run();
    await vi.waitFor(() => expect(one.messages).toContain("became leader"), PATIENCE);
    await vi.waitFor(async () => {
      await one.clock.advance(100);
      expect(one.aws.count("DescribeSecret")).toBeGreaterThan(0);
    }, PATIENCE);
    const runTwo = two.run();
    await vi.waitFor(
      () => expect(two.messages).toContain("standby: another process is the leader"),
      PATIENCE,
    );
    expect(two.aws.calls).toEqual([]);

    await one.stop();
    await runOne;
    const callsOfOne = one.aws.calls.length;
    await vi.waitFor(async () => {
      await two.clock.advance(1_000);
      expect(two.messages).toContain("became leader");
    }, PATIENCE);
    await vi.waitFor(async () => {
      await two.clock.advance(100);
      expect(two.aws.count("DescribeSecret")).toBeGreaterThan(0);
    }, PATIENCE);
    expect(one.aws.calls.length).toBe(callsOfOne);
    await two.stop();
    await runTwo;
  });
});

describe("after stop", () => {
  it("no timer and no subscription is left, and another operator can be created", async () => {
    for (const name of ["one", "two"]) {
      const { clock, messages, run, stop } = operator(name);
      const running = run();
      await vi.waitFor(() => expect(messages).toContain("became leader"), PATIENCE);
      await stop();
      await running;
      expect(clock.pendingTimers).toBe(0);
      expect(messages.at(-1)).toBe("stopped");
    }
  });

  it("run ends also where it has hardly begun, and where it never began", async () => {
    const { clock, run, stop } = operator("one");
    const running = run();
    await stop();
    await running;
    const never = operator("two");
    await never.stop();
    expect([clock.pendingTimers, never.clock.pendingTimers]).toEqual([0, 0]);
  });
});

describe("run", () => {
  it("ends when its signal aborts", async () => {
    const { messages, run } = operator("one");
    const given = new AbortController();
    const running = run(given.signal);
    await vi.waitFor(() => expect(messages).toContain("became leader"), PATIENCE);
    given.abort();
    await running;
    expect(messages.at(-1)).toBe("stopped");
  });

  it("rejects with the error of a part that failed, when all parts have ended", async () => {
    const { clock, messages, run } = operator("one");
    const running = run();
    running.catch(() => {});
    await vi.waitFor(() => expect(messages).toContain("became leader"), PATIENCE);
    api.answer = fakeCluster({}, "thief");
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(messages.at(-1)).toBe("stopped");
    }, PATIENCE);
    await expect(running).rejects.toThrow("thief holds it now");
    expect(clock.pendingTimers).toBe(0);
  });

  it("is refused the second time", async () => {
    const { run, stop } = operator("one");
    const running = run();
    expect(() => run()).toThrow("an operator runs once");
    await stop();
    await running;
  });
});
