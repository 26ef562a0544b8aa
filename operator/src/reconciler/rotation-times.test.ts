import { maxAgeToken, scheduleToken } from "@rotated-secrets/contract/rotation-token";
import { describe, expect, it } from "vitest";
import type { RotatedSecretStatus } from "../api/rotated-secret.ts";
import { ARN } from "../lifecycle/testing/world.ts";
import { expectRest, inUse, LONG, MINUTE, restarts, watchRotations } from "./testing/at-rest.ts";
import { Simulation } from "./testing/simulation.ts";

const HOUR = 60 * MINUTE;
const NIGHTLY = [{ kind: "Allow", cron: "0 22 * * *", duration: "2h" }] as const;

function reasonOf({ conditions = [] }: RotatedSecretStatus, type: string): string | undefined {
  return conditions.find((condition) => condition.type === type)?.reason;
}

const at = (time: number) => new Date(time).toISOString().slice(11, 16);

// All begins at noon.
describe("windows", () => {
  it("hold restarts back until one opens; the Secret carries the new version at once", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ windows: [...NIGHTLY] });
    await simulation.run(MINUTE);
    aws.putByOthers();
    await simulation.run(2 * MINUTE);
    expect(cluster.secret.versionId).toBe(aws.current);
    const { statusWrites } = cluster;
    await simulation.run(9 * HOUR);
    expect(cluster.statusWrites).toBe(statusWrites);
    expect(restarts(simulation)).toEqual([0, 0]);
    for (const type of ["Ready", "Current", "RolledOut"])
      expect(reasonOf(cluster.status, type)).toBe("WaitingForWindow");
    expect(reasonOf(cluster.status, "Reconciling")).toBe("AtRest");
    expect(reasonOf(cluster.status, "Stalled")).toBe("NotStalled");
    await simulation.run(HOUR);
    expect(restarts(simulation)).toEqual([1, 1]);
    await expectRest(simulation);
  });

  it("do not hold back the restart of a workload that is down, and hold back the others", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ windows: [...NIGHTLY] });
    await simulation.run(MINUTE);
    aws.putByOthers();
    await simulation.run(5 * MINUTE);
    cluster.deployments[0]?.sicken();
    await simulation.run(5 * MINUTE);
    expect(restarts(simulation)).toEqual([1, 0]);
    await simulation.run(10 * HOUR);
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([1, 1]);
  });

  it("restart no pod that started again while the window was closed", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ windows: [...NIGHTLY] });
    await simulation.run(MINUTE);
    aws.putByOthers();
    await simulation.run(5 * MINUTE);
    for (let pods = 0; pods < 2; pods += 1) {
      for (const deployment of cluster.deployments) deployment.deletePod();
      await simulation.run(MINUTE);
    }
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([0, 0]);
  });

  it("let a missed tick fire once, when one opens, and show that time before", async () => {
    const simulation = await inUse();
    watchRotations(simulation);
    const { aws, cluster } = simulation;
    const begun: string[] = [];
    aws.onAccept = () => begun.push(at(simulation.now));
    cluster.edit({
      windows: [...NIGHTLY],
      rotation: { trigger: "Schedule", schedule: { cron: "30 * * * *" } },
    });
    await simulation.run(MINUTE);
    expect(cluster.status.nextRotation).toBe("2026-11-20T22:00:00Z");
    await simulation.run(9.5 * HOUR);
    expect(cluster.status.nextRotation).toBe("2026-11-20T22:00:00Z");
    expect(reasonOf(cluster.status, "Rotated")).toBe("WaitingForWindow");
    await simulation.run(15 * HOUR);
    expect(begun).toEqual(["22:00", "22:30", "23:30"]);
    expect(aws.accepted[0]).toBe(scheduleToken(ARN, "2026-11-20T21:30:00Z"));
    cluster.edit({ windows: undefined, rotation: { trigger: "Manual" } });
    await expectRest(simulation);
  });

  it("hold a request back, and forget none", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ windows: [...NIGHTLY] });
    cluster.request("one");
    await simulation.run(9 * HOUR);
    expect(aws.accepted).toEqual([]);
    await simulation.run(2 * HOUR);
    expect(aws.accepted).toHaveLength(1);
    cluster.edit({ windows: undefined });
    await expectRest(simulation);
  });

  it("that are gone hold nothing back any more", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ windows: [...NIGHTLY] });
    await simulation.run(MINUTE);
    aws.putByOthers();
    await simulation.run(HOUR);
    cluster.edit({ windows: undefined });
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([1, 1]);
  });

  it("restart each once where the Secret went to another version and back while none was open", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.deployStatefulSet("db");
    aws.putByOthers();
    await simulation.run(LONG);
    expect(restarts(simulation)).toEqual([1, 1, 1]);
    cluster.edit({ windows: [...NIGHTLY] });
    const second = aws.current;
    cluster.edit({ pin: { versionId: aws.versions[0] ?? second } });
    await simulation.run(5 * MINUTE);
    for (const deployment of cluster.deployments) deployment.deletePod();
    cluster.statefulSets[0]?.deletePod("db-1");
    await simulation.run(5 * MINUTE);
    cluster.edit({ pin: undefined });
    await simulation.run(5 * MINUTE);
    expect(cluster.secret.versionId).toBe(second);
    expect(restarts(simulation)).toEqual([1, 1, 1]);
    await simulation.run(10 * HOUR);
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([2, 2, 2]);
  });
});

describe("maxAge", () => {
  it("rotates a version each time that it has become too old, whatever the trigger", async () => {
    const simulation = await inUse();
    watchRotations(simulation);
    const { aws, cluster } = simulation;
    const [first = aws.current] = aws.versions;
    cluster.edit({ rotation: { trigger: "Manual", maxAge: "2h" } });
    await simulation.run(5 * HOUR);
    expect(aws.accepted).toHaveLength(2);
    expect(aws.accepted[0]).toBe(maxAgeToken(ARN, first));
    cluster.edit({ rotation: { trigger: "Manual" } });
    await expectRest(simulation);
  });

  it("fires once for a time that the operator missed", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ suspend: true, rotation: { trigger: "Manual", maxAge: "2h" } });
    await simulation.run(20 * HOUR);
    cluster.edit({ suspend: false });
    await simulation.run(HOUR);
    expect(aws.accepted).toHaveLength(1);
    cluster.edit({ rotation: { trigger: "Manual" } });
    await expectRest(simulation);
  });

  it("is tried again less and less often while rotations fail, each time with a token of its own", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    const begun: number[] = [];
    aws.onAccept = () => begun.push(simulation.now);
    aws.isFailing = true;
    cluster.edit({ rotation: { trigger: "Manual", maxAge: "1h", timeout: "5m" } });
    for (let minutes = 0; minutes < 20 * 60; minutes += 10) {
      // Somebody gives each up at once.
      if (aws.pending !== undefined) aws.clearPending();
      await simulation.run(10 * MINUTE);
    }
    const hours = begun.map((time, i) => Math.floor((time - (begun[i - 1] ?? time)) / HOUR));
    expect(hours).toEqual([0, 1, 2, 4, 8]);
    expect(new Set(aws.accepted).size).toBe(begun.length);
    aws.isFailing = false;
    cluster.request("now");
    await simulation.run(30 * MINUTE);
    cluster.edit({ rotation: { trigger: "Manual" } });
    await expectRest(simulation);
  });
});

describe("two clusters, or two resources, with one secret", () => {
  const both = async (rotation: object, windows: readonly (typeof NIGHTLY | undefined)[] = []) => {
    const simulation = new Simulation({ clusters: 2 });
    await simulation.run(MINUTE);
    simulation.clusters.forEach((cluster, i) => {
      const listed = windows[i];
      cluster.deploy("web");
      cluster.edit({ rotation, ...(listed === undefined ? {} : { windows: [...listed] }) });
    });
    return simulation;
  };

  it.each<[string, object]>([
    ["cron", { trigger: "Schedule", schedule: { cron: "0 13 * * *" } }],
    ["every", { trigger: "Schedule", schedule: { every: "1h" } }],
    ["maxAge", { trigger: "Manual", maxAge: "1h" }],
  ])("make one rotation by %s, at whatever call one of them ends", async (_, rotation) => {
    for (const when of ["before", "after"] as const) {
      const simulation = await both(rotation);
      let ended = false;
      simulation.crash = (call, time) => {
        if (ended || call !== "rotations.rotate" || time !== when) return false;
        ended = true;
        return true;
      };
      await simulation.run(90 * MINUTE);
      expect(simulation.aws.accepted).toHaveLength(1);
      for (const { secret, deployments } of simulation.clusters) {
        expect(secret.versionId).toBe(simulation.aws.accepted[0]);
        expect(deployments.map(({ restarts: texts }) => texts.length)).toEqual([1]);
      }
    }
  });

  it("make one rotation where one has a window that opens earlier, and each restarts in its own", async () => {
    const daily = { trigger: "Schedule", schedule: { cron: "0 13 * * *" } };
    const simulation = await both(daily, [undefined, NIGHTLY]);
    await simulation.run(5 * HOUR);
    const count = () => simulation.clusters.map(({ deployments }) => deployments[0]?.restarts.length);
    expect(simulation.aws.accepted).toHaveLength(1);
    expect(count()).toEqual([1, 0]);
    await simulation.run(6 * HOUR);
    expect(simulation.aws.accepted).toHaveLength(1);
    expect(count()).toEqual([1, 1]);
  });

  it("may be pinned in one and not in the other", async () => {
    const simulation = await both({ trigger: "Manual" });
    const { aws, clusters } = simulation;
    const first = aws.current;
    clusters[1]?.edit({ pin: { versionId: first } });
    clusters[0]?.request("one");
    await simulation.run(LONG);
    expect(clusters.map(({ secret }) => secret.versionId)).toEqual([aws.accepted[0], first]);
  });
});
