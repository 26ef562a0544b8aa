import { describe, expect, it } from "vitest";
import { selectionHash } from "../../api/workload-choice.ts";
import { live } from "../../ports/fact.ts";
import type { ReaderPod, Workload } from "../../ports/workloads.ts";
import { LONG_AGO, NOW, pod, resource, stepOf, target, version, workload, world } from "../testing/world.ts";
import type { World } from "../world.ts";
import { rollout } from "./rollout.ts";

const [v1, v2] = [version(1), version(2)];
const WRITTEN = NOW - 10_000;
const OLD = LONG_AGO + 5_000;
const NEW = NOW - 4_000;

/** Version 2 was written ten seconds ago over version 1. */
function afterSync(
  workloads: readonly Workload[],
  pods?: readonly ReaderPod[],
  change: Partial<World> = {},
): World {
  const dataHistory = [
    { version: v1, time: LONG_AGO },
    { version: v2, time: WRITTEN },
  ];
  return world(2, {
    target: live(target(2, { dataHistory }), NOW),
    resource: resource({}, { settled: { versionId: v1, writtenAt: new Date(LONG_AGO).toISOString() } }),
    workloads,
    ...(pods === undefined ? {} : { pods: live(pods, NOW) }),
    ...change,
  });
}

const marked = { restartToken: v2 };

describe("the rollout phase", () => {
  it("does nothing where all was proven to hold this data", () => {
    expect(stepOf(rollout, world(1, { workloads: [workload("web")] }))).toBeUndefined();
  });

  it("looks at the pods again when a selector comes to match other workloads than were proven", () => {
    const spec = {
      rollout: { workloads: { mode: "Selector", selector: { matchLabels: { team: "a" } } } },
    } as const;
    const [web, worker] = [workload("web"), workload("worker")];
    const settled = {
      versionId: v1,
      writtenAt: new Date(LONG_AGO).toISOString(),
      selected: selectionHash([web.ref]),
    };
    const theWorld = world(1, { resource: resource(spec, { settled }), workloads: [web] });
    expect(stepOf(rollout, theWorld)).toBeUndefined();
    expect(stepOf(rollout, { ...theWorld, workloads: [web, worker] })).toEqual({
      do: "refresh",
      facts: ["pods"],
    });
  });

  it("looks at the pods after a change", () => {
    expect(stepOf(rollout, afterSync([workload("web")]))).toEqual({ do: "refresh", facts: ["pods"] });
  });

  it("restarts workloads with a pod that may hold the older version, and only these", () => {
    const pods = [pod("web", OLD), pod("worker", NEW)];
    expect(stepOf(rollout, afterSync([workload("web"), workload("worker")], pods))).toMatchObject({
      do: "restart",
      workloads: [{ kind: "Deployment", name: "web" }],
      restartToken: v2,
    });
  });

  it("does not restart twice: the mark is there, the pods are being replaced", () => {
    const web = workload("web", marked, { updated: 1, total: 3 });
    expect(stepOf(rollout, afterSync([web], [pod("web", OLD)]))).toMatchObject({
      do: "wait",
      reason: "RollingOut",
      endedBy: "time",
    });
  });

  describe("where the mark is of an earlier time, before the Secret went to another version and back", () => {
    const back = [
      { version: v2, time: LONG_AGO },
      { version: v1, time: WRITTEN - 60_000 },
      { version: v2, time: WRITTEN },
    ];
    const held = live(target(2, { dataHistory: back }), NOW);
    const pods = [pod("web", WRITTEN - 30_000)];
    const again = `${v2}.${WRITTEN.toString(36)}`;

    it("restarts who started in between, once", () => {
      const before = workload("web", marked, { progressedAt: WRITTEN - 1_000 });
      const due = afterSync([before], pods, { target: held });
      expect(stepOf(rollout, due)).toMatchObject({ do: "restart", restartToken: again });
      const restarted = { ...before, restartToken: again };
      expect(stepOf(rollout, { ...due, workloads: [restarted] })).toMatchObject({
        reason: "WaitingForTermination",
      });
    });

    it("restarts them also where the first of the two rollouts ended after the last change only", () => {
      const late = workload("web", marked, { progressedAt: WRITTEN + 1_000 });
      expect(stepOf(rollout, afterSync([late], pods, { target: held }))).toMatchObject({
        do: "restart",
        restartToken: again,
      });
    });

    it("does not where the pods were made since, by a node whose clock is behind", () => {
      const since = workload("web", marked, { progressedAt: WRITTEN + 6_000 });
      const made = [pod("web", WRITTEN - 30_000, { createdAt: WRITTEN + 5_000 })];
      expect(stepOf(rollout, afterSync([since], made, { target: held }))).toMatchObject({
        reason: "WaitingForTermination",
      });
    });
  });

  it("reads no pods while all marked workloads are on their way", () => {
    expect(stepOf(rollout, afterSync([workload("web", marked, { updated: 1 })]))).toMatchObject({
      do: "wait",
      reason: "RollingOut",
    });
  });

  it("reads pods all the same where a workload without the mark may be due", () => {
    const both = [workload("web", marked, { updated: 1 }), workload("worker")];
    expect(stepOf(rollout, afterSync(both))).toEqual({ do: "refresh", facts: ["pods"] });
    const young = workload("young", { createdAt: NOW - 1_000 });
    expect(stepOf(rollout, afterSync([workload("web", marked, { updated: 1 }), young]))).toMatchObject({
      reason: "RollingOut",
    });
  });

  it("needs no restart where the mark was taken away and the pods are new", () => {
    expect(stepOf(rollout, afterSync([workload("web")], [pod("web", NEW)]))).toBeUndefined();
  });

  it("restarts nothing that was made after the change", () => {
    expect(
      stepOf(rollout, afterSync([workload("web", { createdAt: NEW })], [pod("web", NEW)])),
    ).toBeUndefined();
  });

  it("is not through while an old pod terminates, and does not restart for it", () => {
    const ending = pod("web", OLD, { terminating: true });
    const step = stepOf(rollout, afterSync([workload("web", marked)], [ending, pod("web", NEW)]));
    expect(step).toMatchObject({ do: "wait", reason: "WaitingForTermination", afterwards: "stop" });
  });

  it("reports an old pod that does not end within the timeout", () => {
    const ending = pod("web", OLD, { terminating: true });
    const step = stepOf(rollout, {
      ...afterSync([workload("web", marked)], [ending]),
      now: WRITTEN + 600_000,
    });
    expect(step).toMatchObject({ reason: "RolloutTimedOut", message: expect.stringContaining("web-1") });
  });

  it("is through when no pod may hold anything older", () => {
    expect(stepOf(rollout, afterSync([workload("web", marked)], [pod("web", NEW)]))).toBeUndefined();
  });

  describe("where the API server refuses to restart a workload", () => {
    const why = "403 Forbidden: no";
    const refusals = [{ kind: "Deployment", name: "web", why } as const];
    const pods = [pod("web", OLD), pod("worker", OLD)];

    it("restarts the others", () => {
      const step = stepOf(rollout, afterSync([workload("web"), workload("worker")], pods, { refusals }));
      expect(step).toMatchObject({ do: "restart", workloads: [{ name: "worker" }] });
    });

    it("says so, and lets no rotation begin", () => {
      const workloads = [workload("web"), workload("worker", marked, { updated: 1 })];
      expect(stepOf(rollout, afterSync(workloads, pods, { refusals }))).toMatchObject({
        do: "wait",
        reason: "WriteRefused",
        endedBy: "person",
        alarm: "warn",
        afterwards: "stop",
        message: expect.stringContaining(`Deployment web (${why})`),
      });
    });
  });

  describe("pods whose Deployment is gone", () => {
    const left = [pod("gone", OLD)];

    it("are expected to end", () => {
      expect(stepOf(rollout, afterSync([], left))).toMatchObject({
        reason: "WaitingForTermination",
        endedBy: "time",
      });
    });

    it("need a person when they stay beyond the timeout", () => {
      const late = { ...afterSync([], left), now: WRITTEN + 600_000 };
      expect(stepOf(rollout, late)).toMatchObject({ reason: "UnmanagedReaders", endedBy: "person" });
    });
  });

  it("names pods of others that may hold an older version, and lets no rotation begin", () => {
    const other: ReaderPod = {
      ...pod("db", OLD),
      name: "db-0",
      owner: { kind: "other", text: "ReplicaSet db" },
    };
    const step = stepOf(rollout, afterSync([], [other]));
    expect(step).toMatchObject({
      do: "wait",
      reason: "UnmanagedReaders",
      endedBy: "person",
      afterwards: "stop",
    });
    expect(step).toMatchObject({ message: expect.stringContaining("db-0 (ReplicaSet db)") });
  });

  it("counts only the named workloads where they are named", () => {
    const named = resource({ rollout: { workloads: { mode: "Names", names: ["deployment/web"] } } });
    const other: ReaderPod = { ...pod("db", OLD), owner: { kind: "other", text: "ReplicaSet db" } };
    const change = {
      resource: named,
      spec: {
        ...world(1).spec,
        workloads: { kind: "Names", names: [{ kind: "Deployment", name: "web" }] } as const,
      },
    };
    expect(stepOf(rollout, afterSync([workload("web", marked)], [other], change))).toBeUndefined();
  });

  it("leaves all alone with mode None", () => {
    const spec = { ...world(1).spec, workloads: { kind: "None" } as const };
    expect(stepOf(rollout, afterSync([workload("web")], [pod("web", OLD)], { spec }))).toBeUndefined();
  });

  it("looks again when the resource was changed, because other workloads may count now", () => {
    const changed = resource(
      {},
      { observedGeneration: 1, settled: { versionId: v1, writtenAt: new Date(LONG_AGO).toISOString() } },
    );
    const edited = { ...changed, metadata: { ...changed.metadata, generation: 2 } };
    const dataHistory = [
      { version: v1, time: LONG_AGO },
      { version: v1, time: LONG_AGO + 1 },
    ];
    const now = world(1, {
      resource: edited,
      workloads: [workload("web")],
      target: live(target(1, { dataHistory }), NOW),
    });
    expect(stepOf(rollout, now)).toEqual({ do: "refresh", facts: ["pods"] });
  });

  it("looks at the pods for the first value too", () => {
    expect(stepOf(rollout, world(1, { resource: resource() }))).toEqual({ do: "refresh", facts: ["pods"] });
  });

  describe("right after the Secret was written", () => {
    const early = { now: WRITTEN + 500 };
    const { startedAt: _, ...starting } = pod("web", NOW);
    const later = { do: "wait", reason: "RollingOut", until: WRITTEN + 2_000 };

    it("proves nothing: a pod that has not started yet may have read what was there before", () => {
      expect(stepOf(rollout, { ...afterSync([workload("web")]), ...early })).toMatchObject(later);
      expect(stepOf(rollout, { ...afterSync([], [starting]), ...early })).toMatchObject(later);
    });

    it("is done with it where there are no readers", () => {
      expect(stepOf(rollout, { ...afterSync([], []), ...early })).toBeUndefined();
    });
  });

  describe("without progress", () => {
    const stuck = workload("web", marked, { updated: 1, available: 1, total: 3, progressedAt: LONG_AGO });
    const late = { now: WRITTEN + 600_000 };
    const crashing = pod("web", NEW, { ready: false, trouble: "CrashLoopBackOff" });

    it("looks at the pods, to tell what is wrong", () => {
      expect(stepOf(rollout, { ...afterSync([stuck]), ...late })).toEqual({ do: "refresh", facts: ["pods"] });
    });

    it("says after the timeout which workload and which pod", () => {
      const step = stepOf(rollout, { ...afterSync([stuck], [crashing]), ...late });
      expect(step).toMatchObject({ do: "wait", reason: "RolloutTimedOut", endedBy: "person" });
      expect(step).toMatchObject({
        message: expect.stringMatching(
          /Deployment web: 1 of 2 pods are new.*CrashLoopBackOff.*kubectl rollout status deployment\/web/,
        ),
      });
    });

    it("says it once, whatever the pods show from try to try", () => {
      const first = stepOf(rollout, { ...afterSync([stuck], [crashing]), ...late });
      if (first?.do !== "wait") throw new Error("expected a wait");
      const shown = {
        type: "RolledOut",
        status: "False",
        reason: first.reason,
        message: first.message,
        lastTransitionTime: new Date(NOW).toISOString(),
      } as const;
      const again = { ...stuck, rollout: { ...stuck.rollout, available: 2 } };
      const later = { ...afterSync([again], [{ ...crashing, trouble: "Error" }]), ...late };
      const { resource: before } = later;
      const told = { ...before, status: { ...before.status, conditions: [shown] } };
      expect(stepOf(rollout, { ...later, resource: told })).toMatchObject({ message: first.message });
    });

    it("counts from the last progress that the controller noted", () => {
      const moving = workload("web", marked, { updated: 1, progressedAt: late.now - 1_000 });
      expect(stepOf(rollout, { ...afterSync([moving], [crashing]), ...late })).toMatchObject({
        reason: "RollingOut",
      });
    });

    it("believes the controller that gave up", () => {
      const failed = workload("web", marked, { updated: 1, failure: "ProgressDeadlineExceeded" });
      expect(stepOf(rollout, afterSync([failed], [crashing]))).toMatchObject({ reason: "RolloutTimedOut" });
    });

    it("says that a workload is paused, and how to go on", () => {
      const paused = workload("web", { ...marked, paused: true }, { updated: 0 });
      const step = stepOf(rollout, { ...afterSync([paused], []), ...late });
      expect(step).toMatchObject({
        message: expect.stringContaining("kubectl rollout resume deployment/web"),
      });
    });
  });
});

describe("the rollout phase, of StatefulSets and DaemonSets", () => {
  const ref = (kind: "StatefulSet" | "DaemonSet") => ({ kind, namespace: "payments", name: "db" }) as const;
  const statefulSet = (
    change: Partial<Workload> = {},
    progress: Partial<Workload["rollout"]> = {},
  ): Workload => workload("db", { ref: ref("StatefulSet"), ...change }, progress);
  const podOf = (ordinal: number, startedAt: number, change: Partial<ReaderPod> = {}) =>
    pod("db", startedAt, {
      name: `db-${ordinal}`,
      owner: { kind: "StatefulSet", name: "db" },
      ...change,
    });

  it("restarts the kind whose pod may hold something older, and not another of the same name", () => {
    const both = [workload("db"), statefulSet(), workload("db", { ref: ref("DaemonSet") })];
    const pods = [
      pod("db", NEW),
      podOf(0, OLD),
      pod("db", NEW, { owner: { kind: "DaemonSet", name: "db" } }),
    ];
    expect(stepOf(rollout, afterSync(both, pods))).toMatchObject({
      do: "restart",
      workloads: [{ kind: "StatefulSet", name: "db" }],
    });
  });

  it("blames a refusal on the kind that was refused", () => {
    const refusals = [{ kind: "Deployment", name: "db", why: "no" } as const];
    const step = stepOf(rollout, afterSync([statefulSet()], [podOf(0, OLD)], { refusals }));
    expect(step).toMatchObject({ do: "restart", workloads: [{ kind: "StatefulSet" }] });
  });

  it("is not through before the controller has closed the rollout", () => {
    expect(
      stepOf(rollout, afterSync([statefulSet(marked, { closed: false })], [podOf(0, NEW)])),
    ).toMatchObject({
      reason: "RollingOut",
    });
  });

  it("counts as progress that a pod was made, for the controller notes no times", () => {
    const unfinished = statefulSet(marked, { updated: 1 });
    const late = { now: WRITTEN + 601_000 };
    expect(stepOf(rollout, { ...afterSync([unfinished]), ...late })).toEqual({
      do: "refresh",
      facts: ["pods"],
    });
    const moving = [podOf(1, late.now - 20_000), podOf(0, OLD)];
    expect(stepOf(rollout, { ...afterSync([unfinished], moving), ...late })).toMatchObject({
      reason: "RollingOut",
    });
    const stuck = [podOf(1, WRITTEN + 500, { ready: false, trouble: "CrashLoopBackOff" }), podOf(0, OLD)];
    expect(stepOf(rollout, { ...afterSync([unfinished], stuck), ...late })).toMatchObject({
      reason: "RolloutTimedOut",
      message: expect.stringMatching(
        /StatefulSet db: 1 of 2 pods are new.*db-1 is not ready.*kubectl delete pod db-1 -n payments.*kubectl rollout status statefulset\/db/,
      ),
    });
  });

  it("restarts once more who has the mark of an earlier time, by when its pods were made", () => {
    const back = [
      { version: v2, time: LONG_AGO },
      { version: v1, time: WRITTEN - 60_000 },
      { version: v2, time: WRITTEN },
    ];
    const world = afterSync([statefulSet(marked)], [podOf(0, WRITTEN - 30_000)], {
      target: live(target(2, { dataHistory: back }), NOW),
    });
    const text = `${v2}.${WRITTEN.toString(36)}`;
    expect(stepOf(rollout, world)).toMatchObject({ do: "restart", restartToken: text });
    expect(stepOf(rollout, { ...world, workloads: [statefulSet({ restartToken: text })] })).toMatchObject({
      reason: "WaitingForTermination",
    });
  });

  describe.each([
    ["OnDelete", { kind: "OnDelete" }, { wanted: 0, updated: 0 }],
    ["a partition above the pod", { kind: "Partition", from: 1 }, { wanted: 1, updated: 1 }],
  ] as const)("with %s", (_, strategy, progress) => {
    const byHand = statefulSet({ strategy }, progress);

    it("restarts nothing for a pod that the controller would not replace, and names the pod to delete", () => {
      const step = stepOf(rollout, afterSync([byHand], [podOf(0, OLD), podOf(1, NEW)]));
      expect(step).toMatchObject({
        do: "wait",
        reason: "WaitingForDeletion",
        endedBy: "person",
        afterwards: "stop",
        message: expect.stringMatching(/StatefulSet db .*: db-0[.].*kubectl delete pod db-0 -n payments/),
      });
    });

    it("is through when each pod is new", () => {
      expect(stepOf(rollout, afterSync([byHand], [podOf(0, NEW), podOf(1, NEW)]))).toBeUndefined();
    });

    it("waits for a deleted pod to end", () => {
      const pods = [podOf(0, OLD, { terminating: true }), podOf(1, NEW)];
      expect(stepOf(rollout, afterSync([byHand], pods))).toMatchObject({ reason: "WaitingForTermination" });
    });
  });

  it("restarts the part of a StatefulSet that its controller does replace", () => {
    const partly = statefulSet({ strategy: { kind: "Partition", from: 1 } }, { wanted: 1, updated: 1 });
    expect(stepOf(rollout, afterSync([partly], [podOf(0, OLD), podOf(1, OLD)]))).toMatchObject({
      do: "restart",
    });
  });
});

describe("the rollout phase, of Jobs", () => {
  const running = [pod("nightly", OLD, { owner: { kind: "Job", name: "nightly-1" } })];

  it("waits for their pods to end by themselves", () => {
    expect(stepOf(rollout, afterSync([], running))).toMatchObject({
      reason: "WaitingForTermination",
      endedBy: "time",
    });
  });

  it("needs a person when they run beyond the timeout", () => {
    expect(stepOf(rollout, { ...afterSync([], running), now: WRITTEN + 600_000 })).toMatchObject({
      reason: "UnmanagedReaders",
      message: expect.stringContaining("nightly-1 (Job nightly-1)"),
    });
  });
});

describe("the rollout phase, outside of the windows", () => {
  const windows = [{ kind: "Allow", cron: "0 22 * * *", timeZone: "UTC", durationMs: 7_200_000 }] as const;
  const opens = Date.parse("2026-11-20T22:00:00Z");
  const closed = { spec: { ...world(1).spec, windows } };
  const due = [pod("web", OLD)];

  it("holds a restart back until the window opens, and says which", () => {
    const held = afterSync([workload("web"), workload("worker")], [...due, pod("worker", NEW)], closed);
    expect(stepOf(rollout, held)).toMatchObject({
      do: "wait",
      reason: "WaitingForWindow",
      endedBy: "time",
      afterwards: "stop",
      until: opens,
      message: expect.stringMatching(
        /the restart of Deployment web onto version .* waits for 2026-11-20T22:00:00Z/,
      ),
    });
    expect(stepOf(rollout, { ...held, now: opens })).toMatchObject({
      do: "restart",
      workloads: [{ name: "web" }],
    });
  });

  it("restarts a workload of which no pod is ready all the same: it has nothing to lose", () => {
    const ill = [pod("web", OLD, { ready: false }), pod("worker", OLD)];
    expect(stepOf(rollout, afterSync([workload("web"), workload("worker")], ill, closed))).toMatchObject({
      do: "restart",
      workloads: [{ name: "web" }],
    });
    const half = [pod("web", OLD, { ready: false }), pod("web", OLD, { name: "web-2" })];
    expect(stepOf(rollout, afterSync([workload("web")], half, closed))).toMatchObject({
      reason: "WaitingForWindow",
    });
  });

  it("goes on with what has started", () => {
    const web = workload("web", marked, { updated: 1, total: 3 });
    expect(stepOf(rollout, afterSync([web], due, closed))).toMatchObject({ reason: "RollingOut" });
    const both = afterSync([web, workload("worker")], [...due, pod("worker", OLD)], closed);
    expect(stepOf(rollout, both)).toMatchObject({ reason: "RollingOut" });
  });

  it("holds nothing back where nothing is due", () => {
    expect(stepOf(rollout, afterSync([workload("web")], [pod("web", NEW)], closed))).toBeUndefined();
  });
});
