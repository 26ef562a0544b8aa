import { Registry } from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import type { EventReason } from "../api/reasons.ts";
import type { PastRotation, RotatedSecretStatus } from "../api/rotated-secret.ts";
import { watchedResources } from "../kubernetes/watched-resources.ts";
import type { Reporting } from "../ports/reporting.ts";
import type { Workloads } from "../ports/workloads.ts";
import { WriteRefused } from "../ports/write-refused.ts";
import { WorkMetrics } from "./work-metrics.ts";

const never = new AbortController().signal;
const metadata = {
  name: "db",
  namespace: "shop",
  uid: "uid-db",
  resourceVersion: "1",
  generation: 1,
  creationTimestamp: "2026-01-01T00:00:00Z",
};
const past = (
  token: string,
  result: PastRotation["result"],
  trigger: PastRotation["trigger"],
): PastRotation => ({
  // A version id has at least 32 characters.
  token: token.padStart(32, "0"),
  trigger,
  result,
  startedAt: "2026-01-01T00:00:00Z",
  finishedAt: "2026-01-01T00:00:07Z",
});

let registry: Registry;
let work: WorkMetrics;
let reporting: Reporting;
let written: RotatedSecretStatus[];

beforeEach(() => {
  registry = new Registry();
  work = new WorkMetrics(registry);
  written = [];
  const { store } = watchedResources({ region: "eu-west-1", failed: () => {} }).rotatedSecrets;
  const inner: Reporting = {
    writeStatus: async (_, status) => {
      written.push(status);
      store.upsert({
        metadata: { ...metadata, resourceVersion: `${written.length + 1}` },
        spec: { secretId: "a" },
        status,
      } as never);
      return metadata;
    },
    record: async () => {},
  };
  reporting = work.reporting(inner, store);
});

async function value(sample: string): Promise<number> {
  const line = (await registry.metrics()).split("\n").find((candidate) => candidate.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1) ?? Number.NaN);
}

const write = (...history: PastRotation[]) =>
  reporting.writeStatus({ metadata }, { observedGeneration: 1, history }, never);

describe("rotations", () => {
  it("are counted once each, when a status first has their end", async () => {
    const [first, second] = [past("1", "Succeeded", "Schedule"), past("2", "Failed", "Request")];
    await write(first);
    await write(first);
    await write(second, first);
    expect(await value('rotated_secrets_rotations_total{result="Succeeded",trigger="Schedule"}')).toBe(1);
    expect(await value('rotated_secrets_rotations_total{result="Failed",trigger="Request"}')).toBe(1);
    expect(await value('rotated_secrets_rotations_total{result="Succeeded",trigger="External"}')).toBe(0);
  });

  it("that have succeeded tell how long they took", async () => {
    await write(past("1", "Succeeded", "External"));
    await write(past("2", "Failed", "External"));
    expect(await value('rotated_secrets_rotation_duration_seconds_count{trigger="External"}')).toBe(1);
    expect(await value('rotated_secrets_rotation_duration_seconds_sum{trigger="External"}')).toBe(7);
  });
});

describe("an event", () => {
  it.each<[EventReason, string]>([
    ["DriftCorrected", 'rotated_secrets_drift_corrections_total{reason="DriftCorrected"}'],
    ["ForeignKeysRemoved", 'rotated_secrets_drift_corrections_total{reason="ForeignKeysRemoved"}'],
    ["RolledOut", 'rotated_secrets_rollouts_total{result="Completed"}'],
    ["RolloutTimedOut", 'rotated_secrets_rollouts_total{result="TimedOut"}'],
  ])("with the reason %s is counted", async (reason, sample) => {
    expect(await value(sample)).toBe(0);
    await reporting.record({ metadata }, { type: "Normal", reason, message: "" });
    expect(await value(sample)).toBe(1);
  });
});

describe("restarts", () => {
  const target = { namespace: "shop", name: "db" };
  const web = { kind: "Deployment", namespace: "shop", name: "web" } as const;
  const refusing = (error: Error): Workloads => ({
    cached: () => [],
    pods: async () => [],
    keyNeeds: async () => ({ kind: "needs", needs: [] }),
    restart: () => Promise.reject(error),
  });

  it("that the API server refuses are counted as such, other faults are not", async () => {
    for (const error of [new WriteRefused("the Deployment", "no permission"), new Error("away")])
      await expect(work.workloads(refusing(error)).restart(target, web, "v", never)).rejects.toBe(error);
    expect(await value('rotated_secrets_restarts_total{result="Refused"}')).toBe(1);
    expect(await value('rotated_secrets_restarts_total{result="Accepted"}')).toBe(0);
  });
});
