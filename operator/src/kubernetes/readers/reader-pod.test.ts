import { describe, expect, it } from "vitest";
import { podSchema } from "./pod.ts";
import { type ReaderQuery, readerPod } from "./reader-pod.ts";

const named = (wanted: string): Partial<ReaderQuery> => ({
  counts: (owner) => owner.kind === "Deployment" && owner.name === wanted,
});

const STARTED = "2026-01-01T00:00:10Z";
const READER = { containers: [{ name: "web", envFrom: [{ secretRef: { name: "db" } }] }] };
const OTHER = { containers: [{ name: "web" }] };
const REPLICA_SET = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d4f", controller: true };
const HASH = { "pod-template-hash": "5d4f" };

function reduced(
  pod: { metadata?: object; spec?: object; status?: object },
  query: Partial<ReaderQuery> = {},
) {
  const parsed = podSchema.parse({
    metadata: {
      name: "web-5d4f-x",
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: HASH,
      ownerReferences: [REPLICA_SET],
      ...pod.metadata,
    },
    spec: pod.spec ?? READER,
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "web", state: { running: { startedAt: STARTED } } }],
      ...pod.status,
    },
  });
  return readerPod(parsed, { secret: "db", counts: (_, reads) => reads, ...query });
}

describe("readerPod", () => {
  it("returns a pod that reads the Secret", () => {
    expect(reduced({})).toEqual({
      name: "web-5d4f-x",
      owner: { kind: "Deployment", name: "web" },
      terminating: false,
      createdAt: Date.parse("2026-01-01T00:00:00Z"),
      startedAt: Date.parse(STARTED),
      optional: false,
      ready: true,
    });
  });

  it.each<[string, Parameters<typeof reduced>[0], Partial<ReaderQuery>, boolean]>([
    ["keeps a pod of a named Deployment that does not read the Secret", { spec: OTHER }, named("web"), true],
    ["leaves out a pod of another Deployment that does not read it", { spec: OTHER }, named("db"), false],
    ["leaves out a pod that reads it where other Deployments are named", {}, named("db"), false],
    ["leaves out a pod that reads another Secret", {}, { secret: "other" }, false],
    ["leaves out a pod that has succeeded", { status: { phase: "Succeeded" } }, {}, false],
    ["leaves out a pod that has failed", { status: { phase: "Failed" } }, {}, false],
    ["keeps a pod that is still to start", { status: { phase: "Pending", containerStatuses: [] } }, {}, true],
    ["keeps a pod on a lost node", { status: { phase: "Unknown" } }, {}, true],
  ])("%s", (_, pod, query, kept) => {
    expect(reduced(pod, query) !== undefined).toBe(kept);
  });

  it.each<[string, object, object]>([
    ["a Deployment, by its ReplicaSet's name", {}, { kind: "Deployment", name: "web" }],
    ["no owner", { ownerReferences: [] }, { kind: "other", text: "no controller" }],
    [
      "an owner that does not control it",
      { ownerReferences: [{ ...REPLICA_SET, controller: false }] },
      { kind: "other", text: "no controller" },
    ],
    [
      "a StatefulSet",
      { ownerReferences: [{ ...REPLICA_SET, kind: "StatefulSet", name: "db" }] },
      { kind: "StatefulSet", name: "db" },
    ],
    [
      "a DaemonSet",
      { ownerReferences: [{ ...REPLICA_SET, kind: "DaemonSet", name: "agent" }] },
      { kind: "DaemonSet", name: "agent" },
    ],
    [
      "a Job",
      { ownerReferences: [{ ...REPLICA_SET, apiVersion: "batch/v1", kind: "Job", name: "nightly-1" }] },
      { kind: "Job", name: "nightly-1" },
    ],
    [
      "something that only has the name of a kind of Kubernetes",
      {
        ownerReferences: [
          { ...REPLICA_SET, apiVersion: "apps.kruise.io/v1", kind: "StatefulSet", name: "db" },
        ],
      },
      { kind: "other", text: "StatefulSet db" },
    ],
    ["a ReplicaSet that no Deployment made", { labels: {} }, { kind: "other", text: "ReplicaSet web-5d4f" }],
    [
      "a ReplicaSet whose name is not made of the hash",
      { labels: { "pod-template-hash": "77" } },
      { kind: "other", text: "ReplicaSet web-5d4f" },
    ],
  ])("names as owner %s", (_, metadata, owner) => {
    expect(reduced({ metadata })?.owner).toEqual(owner);
  });

  const waiting = (reason: string) => ({
    containerStatuses: [{ name: "web", state: { waiting: { reason } } }],
  });
  const unscheduled = { type: "PodScheduled", status: "False", reason: "Unschedulable" };
  it.each<[string, object, string | undefined]>([
    ["a container's reason to wait", waiting("CrashLoopBackOff"), "CrashLoopBackOff"],
    ["no trouble while a container is being made", waiting("ContainerCreating"), undefined],
    [
      "an init container's reason",
      { initContainerStatuses: [{ name: "i", state: { waiting: { reason: "ErrImagePull" } } }] },
      "ErrImagePull",
    ],
    [
      "that a container crashes, while it runs for a moment",
      { containerStatuses: [{ name: "web", ready: false, restartCount: 3, state: { running: {} } }] },
      "CrashLoopBackOff",
    ],
    [
      "that a container crashes, when it has just ended",
      { containerStatuses: [{ name: "web", restartCount: 0, state: { terminated: { exitCode: 1 } } }] },
      "CrashLoopBackOff",
    ],
    [
      "no trouble with an init container that is through",
      { initContainerStatuses: [{ name: "i", ready: true, state: { terminated: { exitCode: 0 } } }] },
      undefined,
    ],
    ["that no node takes it", { conditions: [unscheduled], containerStatuses: [] }, "Unschedulable"],
  ])("shows %s", (_, status, trouble) => {
    expect(reduced({ status })?.trouble).toBe(trouble);
  });

  it("shows that it is terminating, not ready, and could start without the Secret", () => {
    const spec = { containers: [{ name: "web", envFrom: [{ secretRef: { name: "db", optional: true } }] }] };
    const metadata = { deletionTimestamp: "2026-01-01T00:00:30Z" };
    const conditions = [{ type: "Ready", status: "False" }];
    expect(reduced({ metadata, spec, status: { conditions } })).toMatchObject({
      terminating: true,
      ready: false,
      optional: true,
    });
  });
});
