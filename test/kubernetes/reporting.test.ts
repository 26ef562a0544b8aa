import { type Logger, silentLogger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import type { RotatedSecretStatus } from "@rotated-secrets/operator/api/rotated-secret";
import { parseRotatedSecret } from "@rotated-secrets/operator/api/rotated-secret";
import { KubernetesReporting } from "@rotated-secrets/operator/kubernetes/reporting/reporting";
import { watchedResources } from "@rotated-secrets/operator/kubernetes/watched-resources";
import type { EventNote } from "@rotated-secrets/operator/ports/reporting";
import { Conflict } from "@rotated-secrets/operator/ports/target-secrets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "./cluster.ts";

const signal = new AbortController().signal;
const NOW = "2026-01-01T00:00:00Z";
const NOTE: EventNote = {
  type: "Warning",
  reason: "AwsDenied",
  message: "AWS refuses DescribeSecret: grant it",
};
const FULL: RotatedSecretStatus = {
  observedGeneration: 1,
  currentVersion: "0f1e2d3c-0000-4000-8000-000000000001",
  rotation: {
    token: "t".repeat(32),
    trigger: "Schedule",
    phase: "Rotating",
    startedAt: NOW,
    attempts: 2,
    lastAttemptAt: NOW,
  },
  workloads: { total: 2, settled: 1, notSettled: [{ kind: "Deployment", name: "web", message: "1 of 3" }] },
  conditions: [
    { type: "Ready", status: "False", lastTransitionTime: NOW, reason: "RollingOut", message: "wait" },
  ],
};

/** The line of each event. */
const TOLD = "event";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

interface StoredEvent {
  readonly count: number;
  readonly message: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
}

/** A RotatedSecret in its own namespace with the adapter, and the other actions of the tests. */
async function withResource() {
  const namespace = await cluster.namespace();
  const { store } = watchedResources({ region: "eu-west-1", failed: () => {} }).rotatedSecrets;
  const clock = new ManualClock();
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  const reporting = new KubernetesReporting({
    client: cluster.client,
    store,
    clock,
    log,
    instance: "operator-0",
  });
  const collection = `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${namespace}/rotatedsecrets`;
  const events = `/api/v1/namespaces/${namespace}/events`;
  const created = await cluster.client.create(collection, {
    apiVersion: "rotatedsecrets.dev/v1alpha1",
    kind: "RotatedSecret",
    metadata: { name: "db" },
    spec: { secretId: "prod/db" },
  });
  const parsed = (object: unknown) => {
    const result = parseRotatedSecret(object);
    if (result.kind !== "valid") throw new Error(`the RotatedSecret is ${result.kind}`);
    return result.resource;
  };
  return {
    store,
    clock,
    warnings,
    reporting,
    resource: parsed(created),
    read: async () => parsed(await cluster.client.get(`${collection}/db`)),
    events: async () => (await cluster.client.list<StoredEvent>(events, {})).items,
  };
}

describe("writeStatus", () => {
  it("writes the whole status, and nothing else", async () => {
    const { reporting, resource, read } = await withResource();
    const metadata = await reporting.writeStatus(resource, FULL, signal);
    const now = await read();
    expect(now.status).toEqual(FULL);
    expect(now.metadata).toMatchObject({ resourceVersion: metadata.resourceVersion, generation: 1 });
  });

  it("removes what is not there any more, at any depth", async () => {
    const { reporting, resource, read } = await withResource();
    const metadata = await reporting.writeStatus(resource, FULL, signal);
    const { rotation: _, ...rest } = FULL;
    const less = { ...rest, workloads: { total: 2, settled: 2 }, conditions: [] };
    await reporting.writeStatus({ metadata }, less, signal);
    expect((await read()).status).toEqual(less);
  });

  it("changes nothing when the status is the same", async () => {
    const { reporting, resource } = await withResource();
    const metadata = await reporting.writeStatus(resource, FULL, signal);
    const again = await reporting.writeStatus({ metadata }, FULL, signal);
    expect(again.resourceVersion).toBe(metadata.resourceVersion);
  });

  it("is refused for a resource that has changed since", async () => {
    const { reporting, resource, read } = await withResource();
    await reporting.writeStatus(resource, FULL, signal);
    const write = reporting.writeStatus(resource, { observedGeneration: 1 }, signal);
    await expect(write).rejects.toThrow(Conflict);
    expect((await read()).status).toEqual(FULL);
  });

  it("shows in the cache at once", async () => {
    const { reporting, resource, store } = await withResource();
    await reporting.writeStatus(resource, FULL, signal);
    expect(store.get(resource.metadata)?.parsed).toMatchObject({ resource: { status: FULL } });
  });

  it("says what is wrong with a status that the schema does not allow", async () => {
    const { reporting, resource } = await withResource();
    const write = reporting.writeStatus(resource, { observedGeneration: -5 }, signal);
    await expect(write).rejects.toThrow(/422 Invalid.*observedGeneration/);
  });
});

describe("record", () => {
  it("makes an event that names its object and who tells", async () => {
    const { reporting, resource, events } = await withResource();
    await reporting.record(resource, NOTE);
    const { name, namespace, uid } = resource.metadata;
    expect(await events()).toMatchObject([
      {
        ...NOTE,
        count: 1,
        involvedObject: { kind: "RotatedSecret", name, namespace, uid },
        reportingComponent: "rotatedsecrets.dev/operator",
        reportingInstance: "operator-0",
      },
    ]);
  });

  it("counts up when the same event is recorded again, also by another instance", async () => {
    const { reporting, resource, clock, events } = await withResource();
    await reporting.record(resource, NOTE);
    await clock.advance(60_000);
    await reporting.record(resource, NOTE);
    await reporting.record(resource, { ...NOTE, reason: "AwsUnavailable" });
    const counted = (await events()).toSorted((a, b) => b.count - a.count);
    expect(counted).toMatchObject([
      { count: 2, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-01T00:01:00Z" },
      { count: 1 },
    ]);
  });

  it("cuts a message that is too long", async () => {
    const { reporting, resource, events } = await withResource();
    await reporting.record(resource, { ...NOTE, message: "x".repeat(5_000) });
    const [event] = await events();
    expect(event?.message).toHaveLength(1_024);
  });

  it("stops after 25 of one object", async () => {
    const { reporting, resource, events, warnings } = await withResource();
    for (let n = 0; n < 30; n += 1) await reporting.record(resource, { ...NOTE, message: `${n}` });
    expect(await events()).toHaveLength(25);
    expect(new Set(warnings), "each is a line, those that are left out are none").toEqual(new Set([TOLD]));
    expect(warnings).toHaveLength(25);
  });

  it("logs a failure and goes on", async () => {
    const { reporting, resource, warnings } = await withResource();
    const gone = { metadata: { ...resource.metadata, namespace: "nowhere" } };
    await reporting.record(gone, NOTE);
    expect(warnings).toEqual([TOLD, "event could not be recorded"]);
  });
});
