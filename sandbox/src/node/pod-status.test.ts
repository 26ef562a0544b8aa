import { describe, expect, it } from "vitest";
import type { ContainerSnapshot, Terminated } from "./container-state.ts";
import type { Pod, PodCondition } from "./kubernetes-types.ts";
import { conditionStatus, podStatus } from "./pod-status.ts";

const now = new Date("2030-01-01T10:00:00.987Z");
const ended = (exitCode: number): Terminated => ({
  kind: "terminated",
  exitCode,
  reason: exitCode === 0 ? "Completed" : "Error",
  startedAt: now,
  finishedAt: now,
  containerId: "process://u/1",
});
const base = { name: "main", image: "app", started: false, ready: false, restartCount: 0 };
const creating: ContainerSnapshot = { ...base, state: { kind: "waiting", reason: "ContainerCreating" } };
const running: ContainerSnapshot = {
  ...base,
  started: true,
  state: { kind: "running", startedAt: now },
  containerId: "process://u/1",
};
const ready: ContainerSnapshot = { ...running, ready: true };
const failed: ContainerSnapshot = { ...base, state: ended(1) };
const done: ContainerSnapshot = { ...base, state: ended(0) };
const crashing: ContainerSnapshot = {
  ...base,
  state: { kind: "waiting", reason: "CrashLoopBackOff" },
  last: ended(1),
};
const initDone: ContainerSnapshot = { ...done, name: "prepare", ready: true };
const initRuns: ContainerSnapshot = { ...base, name: "prepare", state: { kind: "running", startedAt: now } };

function pod(sidecar = false): Pod {
  const metadata = { name: "web", namespace: "shop", uid: "u", resourceVersion: "1" };
  const init = sidecar ? [{ name: "prepare", restartPolicy: "Always" }] : [];
  return { metadata, spec: { containers: [{ name: "main" }], initContainers: init } };
}

interface Case {
  readonly why: string;
  readonly main: readonly ContainerSnapshot[];
  readonly init?: readonly ContainerSnapshot[];
  readonly sidecar?: boolean;
  readonly terminal?: boolean;
  /** phase, Initialized, Ready */
  readonly expected: readonly [string, string, string];
}

function statusOf(
  { main, init = [], sidecar = false, terminal = false }: Omit<Case, "why" | "expected">,
  conditions: PodCondition[] = [],
) {
  const address = { local: "127.1.0.2", shown: "10.1.0.2" };
  return podStatus({ pod: pod(sidecar), init, main, address, startTime: now, terminal, conditions, now });
}

describe("podStatus", () => {
  it.each<Case>([
    { why: "not started", main: [creating], expected: ["Pending", "True", "False"] },
    { why: "runs but is not ready", main: [running], expected: ["Running", "True", "False"] },
    { why: "ready", main: [ready], expected: ["Running", "True", "True"] },
    { why: "one of two is ready", main: [ready, running], expected: ["Running", "True", "False"] },
    { why: "one of two was never started", main: [ready, creating], expected: ["Pending", "True", "False"] },
    { why: "crash loop", main: [crashing], expected: ["Running", "True", "False"] },
    { why: "between two runs", main: [failed], expected: ["Running", "True", "False"] },
    {
      why: "init container runs",
      main: [creating],
      init: [initRuns],
      expected: ["Pending", "False", "False"],
    },
    {
      why: "init container done",
      main: [creating],
      init: [initDone],
      expected: ["Pending", "True", "False"],
    },
    { why: "completed", main: [done, done], terminal: true, expected: ["Succeeded", "True", "False"] },
    { why: "failed", main: [done, failed], terminal: true, expected: ["Failed", "True", "False"] },
    {
      why: "ended before it started",
      main: [creating],
      terminal: true,
      expected: ["Failed", "True", "False"],
    },
    {
      why: "sidecar that is not ready",
      main: [ready],
      init: [{ ...running, name: "prepare" }],
      sidecar: true,
      expected: ["Running", "True", "False"],
    },
    {
      why: "sidecar that is ready",
      main: [ready],
      init: [{ ...ready, name: "prepare" }],
      sidecar: true,
      expected: ["Running", "True", "True"],
    },
  ])("$why: $expected", ({ expected, ...seen }) => {
    const status = statusOf(seen);
    expect([status.phase, conditionStatus(status, "Initialized"), conditionStatus(status, "Ready")]).toEqual(
      expected,
    );
  });

  it("writes times in whole seconds, truncated", () => {
    expect(statusOf({ main: [ready] }).containerStatuses?.[0]?.state).toEqual({
      running: { startedAt: "2030-01-01T10:00:00Z" },
    });
  });

  it("reports the previous run", () => {
    const status = statusOf({ main: [{ ...ready, last: ended(137), restartCount: 1 }] })
      .containerStatuses?.[0];
    expect(status).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: "Error" } },
    });
  });

  it("keeps a condition's time until the condition changes, and clears old reasons", () => {
    const earlier = "2030-01-01T09:00:00Z";
    const written = ["Ready", "Initialized"].map((type) => ({
      type,
      status: type === "Ready" ? "False" : "True",
      reason: "Old",
      lastTransitionTime: earlier,
    }));
    const conditions = statusOf({ main: [ready] }, written).conditions ?? [];
    expect(conditions.find(({ type }) => type === "Initialized")).toMatchObject({
      lastTransitionTime: earlier,
      reason: "",
    });
    expect(conditions.find(({ type }) => type === "Ready")).toMatchObject({
      lastTransitionTime: "2030-01-01T10:00:00Z",
      reason: "",
    });
  });

  it("shows the address that the API server accepts", () => {
    expect(statusOf({ main: [ready] })).toMatchObject({ podIP: "10.1.0.2", podIPs: [{ ip: "10.1.0.2" }] });
  });
});
