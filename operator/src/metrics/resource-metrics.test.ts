import { Registry } from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import { type WatchedResources, watchedResources } from "../kubernetes/watched-resources.ts";
import { MAX_SHOWN, resourceMetrics } from "./resource-metrics.ts";

let watched: WatchedResources;
let changes = 0;
let registry: Registry;

beforeEach(() => {
  watched = watchedResources({
    region: "eu-west-1",
    failed: (resource, { name }, error) => {
      throw new Error(`${resource} ${name} could not be read`, { cause: error });
    },
  });
  registry = new Registry();
  resourceMetrics(registry, watched);
});

async function samples(): Promise<readonly string[]> {
  return (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

function metadata(name: string, annotations: Readonly<Record<string, string>> = {}) {
  const creationTimestamp = "2026-01-01T00:00:00Z";
  return {
    name,
    namespace: "shop",
    uid: `uid-${name}`,
    resourceVersion: String(++changes),
    generation: 1,
    creationTimestamp,
    annotations,
  };
}

function follow(name: string, status: object): void {
  watched.rotatedSecrets.store.upsert({ metadata: metadata(name), spec: { secretId: "a" }, status } as never);
}

const conditions = (...all: readonly (readonly [string, string])[]) =>
  all.map(([type, status]) => ({
    type,
    status,
    reason: "AtRest",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
    observedGeneration: 1,
  }));

describe("the metrics of RotatedSecrets", () => {
  it("say what each says of itself, and how many say so", async () => {
    follow("db", { observedGeneration: 1, conditions: conditions(["Ready", "True"], ["Stalled", "False"]) });
    follow("api", {
      observedGeneration: 1,
      conditions: conditions(["Ready", "False"], ["Stalled", "False"]),
    });
    const lines = await samples();
    for (const line of [
      'rotatedsecret_condition{namespace="shop",name="db",type="Ready",status="True"} 1',
      'rotatedsecret_condition{namespace="shop",name="api",type="Ready",status="False"} 1',
      'rotated_secrets_resources{type="Ready",status="True"} 1',
      'rotated_secrets_resources{type="Stalled",status="False"} 2',
      "rotated_secrets_resources_without_series 0",
    ])
      expect(lines).toContain(line);
  });

  it("say when it was rotated, is rotated next, and was last written", async () => {
    follow("db", {
      observedGeneration: 1,
      lastRotation: "2026-01-01T00:00:00Z",
      nextRotation: "2026-02-01T00:00:00Z",
    });
    const writes = JSON.stringify([{ version: "v".repeat(32), time: "2026-01-01T00:00:10.000Z" }]);
    const marks = { "rotatedsecrets.dev/owner-uid": "uid-db", "rotatedsecrets.dev/writes": writes };
    watched.secrets.store.upsert({
      metadata: metadata("db-credentials", marks),
      type: "Opaque",
      data: {},
    } as never);
    const of = '{namespace="shop",name="db"}';
    expect(await samples()).toEqual(
      expect.arrayContaining([
        `rotatedsecret_last_rotation_timestamp_seconds${of} ${Date.UTC(2026, 0, 1) / 1_000}`,
        `rotatedsecret_next_rotation_timestamp_seconds${of} ${Date.UTC(2026, 1, 1) / 1_000}`,
        `rotatedsecret_last_sync_timestamp_seconds${of} ${Date.UTC(2026, 0, 1) / 1_000 + 10}`,
      ]),
    );
  });

  it.each(["external", "on request", "due"])("leave out a next rotation that is %s", async (nextRotation) => {
    follow("db", { observedGeneration: 1, nextRotation });
    expect((await samples()).filter((line) => line.includes("next_rotation"))).toEqual([]);
  });

  it("go when the RotatedSecret goes", async () => {
    follow("db", { observedGeneration: 1, conditions: conditions(["Ready", "True"]) });
    watched.rotatedSecrets.store.remove({ metadata: metadata("db") });
    expect((await samples()).filter((line) => line.includes('"db"'))).toEqual([]);
  });

  it(`are of ${MAX_SHOWN} RotatedSecrets at most, and the sums of all`, async () => {
    for (let i = 0; i < MAX_SHOWN + 3; i += 1)
      follow(`db-${i}`, { observedGeneration: 1, conditions: conditions(["Ready", "True"]) });
    const lines = await samples();
    expect(lines.filter((line) => line.startsWith("rotatedsecret_condition"))).toHaveLength(MAX_SHOWN);
    expect(lines).toContain("rotated_secrets_resources_without_series 3");
    expect(lines).toContain(`rotated_secrets_resources{type="Ready",status="True"} ${MAX_SHOWN + 3}`);
  });
});
