import { describe, expect, it } from "vitest";
import { isReplacedByItself, isRolledOut } from "../../ports/workloads.ts";
import { watchedDaemonSet } from "./watched-daemon-set.ts";
import { watchedDeployment } from "./watched-deployment.ts";
import { watchedStatefulSet } from "./watched-stateful-set.ts";
import { workloadOf } from "./watched-workload.ts";

const PROGRESS = "2026-01-01T00:05:00Z";
const metadata = {
  name: "web",
  namespace: "shop",
  uid: "u1",
  resourceVersion: "7",
  generation: 4,
  creationTimestamp: "2026-01-01T00:00:00Z",
  annotations: { large: "text" },
};
const template = {
  metadata: { annotations: { "version.rotatedsecrets.dev/db": "v1", other: "text" } },
  spec: { containers: [{ name: "web", image: "web", envFrom: [{ secretRef: { name: "db" } }] }] },
};
const workload = (spec: object, status?: object, secret = "db") =>
  workloadOf(watchedDeployment({ metadata, spec: { template, ...spec }, status }), secret);

describe("watchedDeployment", () => {
  it("keeps what a rollout is judged by, and nothing else", () => {
    const kept = watchedDeployment({ metadata, spec: { template, replicas: 3 } });
    expect(kept.metadata).not.toHaveProperty("annotations");
    expect([...kept.reads.keys()]).toEqual(["db"]);
    expect([...kept.versionAnnotations]).toEqual([["version.rotatedsecrets.dev/db", "v1"]]);
  });
});

describe("workloadOf", () => {
  it("shows a Deployment to the Secret that it reads", () => {
    const status = {
      observedGeneration: 4,
      replicas: 4,
      updatedReplicas: 2,
      availableReplicas: 3,
      terminatingReplicas: 1,
      conditions: [{ type: "Progressing", status: "True", lastUpdateTime: PROGRESS }],
    };
    expect(workload({ replicas: 3, paused: true }, status)).toEqual({
      ref: { kind: "Deployment", namespace: "shop", name: "web" },
      createdAt: Date.parse(metadata.creationTimestamp),
      restartToken: "v1",
      paused: true,
      replicas: 3,
      strategy: { kind: "RollingUpdate" },
      rollout: {
        observed: true,
        wanted: 3,
        updated: 2,
        total: 4,
        available: 3,
        terminating: 1,
        closed: true,
        progressedAt: Date.parse(PROGRESS),
      },
    });
  });

  it("knows nothing of the version of another Secret", () => {
    const other = workload({}, undefined, "other");
    expect(other).not.toHaveProperty("restartToken");
  });

  it("takes what is not said as Kubernetes does: one replica, and nothing seen yet", () => {
    expect(workload({})).toMatchObject({
      replicas: 1,
      paused: false,
      rollout: { observed: false, total: 0 },
    });
  });

  const gaveUp = { type: "Progressing", status: "False", message: "ReplicaSet has timed out progressing." };
  it.each<[string, object, string | undefined]>([
    ["says why the controller gave up", { observedGeneration: 4, conditions: [gaveUp] }, gaveUp.message],
    [
      "leaves out that it gave up an older template",
      { observedGeneration: 3, conditions: [gaveUp] },
      undefined,
    ],
    [
      "does not count as a failure while paused",
      { observedGeneration: 4, conditions: [{ ...gaveUp, status: "Unknown" }] },
      undefined,
    ],
  ])("%s", (_, status, failure) => {
    expect(workload({}, status).rollout.failure).toBe(failure);
  });
});

describe("a StatefulSet", () => {
  const statefulSet = (spec: object, status: object) =>
    workloadOf(watchedStatefulSet({ metadata, spec: { template, replicas: 3, ...spec }, status }), "db");
  const done = {
    observedGeneration: 4,
    replicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
    currentRevision: "db-2",
    updateRevision: "db-2",
  };
  const partition = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } };
  const onDelete = { updateStrategy: { type: "OnDelete" } };

  it.each<[string, object, object, boolean]>([
    ["whose revisions are the same", {}, done, true],
    ["whose controller has not seen the newest template", {}, { ...done, observedGeneration: 3 }, false],
    ["that has updated all pods and not closed the rollout", {}, { ...done, currentRevision: "db-1" }, false],
    ["with an old pod", {}, { ...done, updatedReplicas: 2, currentRevision: "db-1" }, false],
    ["with a pod that is not available", {}, { ...done, availableReplicas: 2 }, false],
    ["above its partition", partition, { ...done, updatedReplicas: 1, currentRevision: "db-1" }, true],
    ["within its partition", partition, { ...done, updatedReplicas: 0, currentRevision: "db-1" }, false],
    ["that updates on delete", onDelete, { ...done, updatedReplicas: 0, currentRevision: "db-1" }, true],
    [
      "scaled to nothing",
      { replicas: 0 },
      { ...done, replicas: 0, updatedReplicas: 0, availableReplicas: 0 },
      true,
    ],
  ])("%s", (_, spec, status, rolledOut) => {
    expect(isRolledOut(statefulSet(spec, status))).toBe(rolledOut);
  });

  it("knows from which ordinal on pods are replaced by themselves", () => {
    const moved = statefulSet({ ...partition, ordinals: { start: 5 } }, done);
    expect(moved.strategy).toEqual({ kind: "Partition", from: 7 });
    expect(["db-5", "db-6", "db-7"].map((name) => isReplacedByItself({ name }, moved))).toEqual([
      false,
      false,
      true,
    ]);
    expect(statefulSet(onDelete, done).strategy).toEqual({ kind: "OnDelete" });
    expect(statefulSet({}, done)).toMatchObject({
      ref: { kind: "StatefulSet", name: "web" },
      strategy: { kind: "RollingUpdate" },
      restartToken: "v1",
    });
  });
});

describe("a DaemonSet", () => {
  const daemonSet = (spec: object, status: object) =>
    workloadOf(watchedDaemonSet({ metadata, spec: { template, ...spec }, status }), "db");
  const done = {
    observedGeneration: 4,
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
  };
  const onDelete = { updateStrategy: { type: "OnDelete" } };

  it.each<[string, object, object, boolean]>([
    ["that is through", {}, done, true],
    ["whose controller has not seen the newest template", {}, { ...done, observedGeneration: 3 }, false],
    ["with an old pod", {}, { ...done, updatedNumberScheduled: 2 }, false],
    ["with a pod that is not available", {}, { ...done, numberAvailable: 2 }, false],
    ["that updates on delete", onDelete, { ...done, updatedNumberScheduled: 0 }, true],
    ["without a node for it", {}, { observedGeneration: 4 }, true],
    ["of which its controller has said nothing yet", {}, {}, false],
  ])("%s", (_, spec, status, rolledOut) => {
    expect(isRolledOut(daemonSet(spec, status))).toBe(rolledOut);
  });
});
