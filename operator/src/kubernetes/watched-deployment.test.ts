import { describe, expect, it } from "vitest";
import { watchedDeployment, workloadOf } from "./watched-deployment.ts";

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
    expect([...kept.reads]).toEqual(["db"]);
    expect([...kept.versionTexts]).toEqual([["version.rotatedsecrets.dev/db", "v1"]]);
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
      versionText: "v1",
      paused: true,
      replicas: 3,
      rollout: {
        observed: true,
        updated: 2,
        total: 4,
        available: 3,
        terminating: 1,
        progressedAt: Date.parse(PROGRESS),
      },
    });
  });

  it("knows nothing of the version of another Secret", () => {
    const other = workload({}, undefined, "other");
    expect(other).not.toHaveProperty("versionText");
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
      "is no failure while paused",
      { observedGeneration: 4, conditions: [{ ...gaveUp, status: "Unknown" }] },
      undefined,
    ],
  ])("%s", (_, status, failure) => {
    expect(workload({}, status).rollout.failure).toBe(failure);
  });
});
