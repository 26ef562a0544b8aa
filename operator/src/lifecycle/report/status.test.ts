import { describe, expect, it } from "vitest";
import type { RotatedSecret, RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { cached, live } from "../../ports/fact.ts";
import { decide } from "../decide.ts";
import { ARN, LONG_AGO, NOW, pod, resource, target, version, workload, world } from "../testing/world.ts";
import type { World } from "../world.ts";
import { statusOf } from "./status.ts";

const writtenAt = new Date(NOW - 10_000).toISOString();

/** The status that a resource comes to rest with. */
function atRest(theWorld: World): RotatedSecretStatus {
  const decision = decide(theWorld);
  if (decision.kind !== "rest") throw new Error("no rest");
  return statusOf(theWorld, decision);
}

/** The spec was changed, and the operator has not seen it yet. */
function edited(status: Partial<RotatedSecretStatus>): RotatedSecret {
  const before = resource({}, { secretArn: ARN, observedGeneration: 1, ...status });
  return { ...before, metadata: { ...before.metadata, generation: 2 } };
}

describe("the status", () => {
  it("reveals nothing about a secret that the namespace may not read", () => {
    const status = atRest(world(1, { resource: resource(), policies: [] }));
    expect(status).not.toHaveProperty("secretArn");
    expect(status).not.toHaveProperty("lastRotation");
    expect(status).not.toHaveProperty("nextRotation");
    expect(JSON.stringify(status)).not.toContain("AbCdEf");
  });

  it("shows the secret that the namespace may read", () => {
    expect(atRest(world(1))).toMatchObject({ secretArn: ARN, nextRotation: "external" });
  });

  it("shows the secret that has replaced the former one by consent", () => {
    const annotations = { "rotatedsecrets.dev/accept-source": ARN };
    const settled = { versionId: version(1), writtenAt: new Date(LONG_AGO).toISOString() };
    const accepting = resource({}, { secretArn: ARN.replace("AbCdEf", "XyZxYz"), settled }, annotations);
    expect(atRest(world(1, { resource: accepting }))).toMatchObject({ secretArn: ARN });
  });

  describe("after a change of the spec, by which other workloads may count", () => {
    const settled = { versionId: version(1), writtenAt };
    const dataHistory = [
      { version: version(0), time: LONG_AGO },
      { version: version(1), time: NOW - 10_000 },
    ];
    const held = cached(target(1, { dataHistory }));
    const web = workload("web", { restartToken: version(1) }, { updated: 1 });

    it("proves again that all readers hold the data", () => {
      const rolling = world(1, {
        resource: edited({ settled }),
        target: held,
        workloads: [web],
      });
      const status = atRest(rolling);
      expect(status).toMatchObject({ observedGeneration: 2 });
      expect(status).not.toHaveProperty("settled");
      const next = world(1, { ...rolling, resource: { ...rolling.resource, status } });
      expect(decide(next)).toMatchObject({ waits: [{ reason: "RollingOut" }] });
    });

    it("forgets the proof if the rollout was not reached", () => {
      const status = atRest(world(1, { resource: edited({ settled }), policies: [] }));
      expect(status).not.toHaveProperty("settled");
    });

    it("keeps it if it is proven again", () => {
      const pods = live([pod("web", NOW - 5_000)], NOW);
      const done = workload("web", { restartToken: version(1) });
      const theWorld = world(1, { resource: edited({ settled }), target: held, workloads: [done], pods });
      expect(atRest(theWorld).settled).toEqual(settled);
    });
  });

  it("forgets the answers to earlier calls once AWS has accepted one", () => {
    const refused = {
      token: version(2),
      trigger: "Request",
      request: "now",
      phase: "Rotating",
      startedAt: writtenAt,
      attempts: 2,
      lastAttemptAt: new Date(NOW).toISOString(),
      lastError: "RotateSecret: AccessDeniedException",
    } as const;
    const settled = { versionId: version(1), writtenAt: new Date(LONG_AGO).toISOString() };
    const answered = world(1, {
      resource: resource(
        {},
        { secretArn: ARN, settled, rotation: refused },
        { "rotatedsecrets.dev/rotate": "now" },
      ),
      intent: { kind: "answered", id: version(2), answer: { kind: "accepted" } },
    });
    const { rotation } = atRest(answered);
    expect(rotation).toMatchObject({ attempts: 2 });
    expect(rotation).not.toHaveProperty("lastError");
  });
});
