import type { RequestOptions } from "@rotated-secrets/kube-runtime/client/kube-client";
import { type LogFields, type Logger, silentLogger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { describe, expect, it } from "vitest";
import { EventRecorder } from "./event-recorder.ts";

const ABOUT = {
  namespace: "shop",
  name: "db",
  uid: "a-uid",
  resourceVersion: "1",
  generation: 1,
  creationTimestamp: "2026-01-01T00:00:00Z",
};
const NOTE = { type: "Normal", reason: "SecretUpdated", message: "it was updated" } as const;

describe("EventRecorder", () => {
  it("gives up an event that the API server does not take within 5 s, and says so in the log", async () => {
    const clock = new ManualClock();
    const warnings: LogFields[] = [];
    const log: Logger = { ...silentLogger, warn: (_, fields = {}) => warnings.push(fields) };
    const client = { create: unanswered, patch: unanswered };
    let isOver = false;
    const recorder = new EventRecorder({ client, clock, log, instance: "operator-0" });
    const recorded = recorder.record(ABOUT, NOTE).then(() => {
      isOver = true;
    });
    await clock.advance(4_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await recorded;
    expect(warnings).toMatchObject([
      { object: "shop/db", reason: "SecretUpdated", error: { reason: "DeadlineExceeded" } },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("only logs events about new Secrets once 50 of all objects were recorded, and records the others", async () => {
    const created: unknown[] = [];
    const client = {
      create: async <T>(_path: string, body: unknown): Promise<T> => {
        created.push(body);
        return body as T;
      },
      patch: unanswered,
    };
    const logged: unknown[] = [];
    const log: Logger = { ...silentLogger, info: (_, fields) => logged.push(fields) };
    const recorder = new EventRecorder({ client, clock: new ManualClock(), log, instance: "operator-0" });
    for (let n = 0; n < 60; n += 1)
      await recorder.record({ ...ABOUT, uid: `uid-${n}` }, { ...NOTE, reason: "SecretCreated" });
    await recorder.record(ABOUT, NOTE);
    expect(created).toHaveLength(51);
    expect(logged).toHaveLength(61);
  });
});

/** An API server that says nothing until it is given up. */
function unanswered<T>(_path: string, _body: unknown, { signal }: RequestOptions = {}): Promise<T> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
