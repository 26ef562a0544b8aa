import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RotatedSecretStatus } from "../api/rotated-secret.ts";
import { policy } from "../lifecycle/testing/world.ts";
import { expectRest, inUse, LONG, MINUTE, restarts, watchRotations } from "./testing/at-rest.ts";
import { happen, happening, tidyUp } from "./testing/happenings.ts";
import { holdToPromises } from "./testing/promises.ts";
import { Simulation } from "./testing/simulation.ts";

function reasonOf({ conditions = [] }: RotatedSecretStatus, type: string): string | undefined {
  return conditions.find((condition) => condition.type === type)?.reason;
}

describe("a RotatedSecret", () => {
  it("comes to rest, and then makes no call", async () => {
    const simulation = await inUse();
    const calls = simulation.calls.length;
    await simulation.run(50 * MINUTE);
    expect(simulation.calls.length).toBe(calls);
    expect(restarts(simulation)).toEqual([0, 0]);
    await expectRest(simulation);
  });

  it("restarts no pod that waited for the Secret to be created", async () => {
    const simulation = new Simulation();
    for (const name of ["web", "worker"]) simulation.cluster.deploy(name);
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([0, 0]);
  });

  it("is rotated on request: one rotation, one restart of each, four writes of status", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    const before = cluster.statusWrites;
    cluster.request("one");
    await simulation.run(LONG);
    expect(cluster.statusWrites - before).toBeLessThanOrEqual(4);
    expect(aws.accepted).toHaveLength(1);
    expect(restarts(simulation)).toEqual([1, 1]);
    await expectRest(simulation);
  });

  it("is rotated by its schedule, once for each tick", async () => {
    const simulation = await inUse();
    simulation.cluster.edit({ rotation: { trigger: "Schedule", schedule: { cron: "0 * * * *" } } });
    await simulation.run(195 * MINUTE);
    expect(simulation.aws.accepted).toHaveLength(3);
    expect(restarts(simulation)).toEqual([3, 3]);
    simulation.cluster.edit({ rotation: { trigger: "External" } });
    await expectRest(simulation);
  });

  it("is rotated again after an interval in which the rotation failed", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    aws.isFailing = true;
    cluster.edit({ rotation: { trigger: "Schedule", schedule: { every: "1h" } } });
    await simulation.run(80 * MINUTE);
    expect(aws.accepted).toHaveLength(1);
    expect(cluster.status.rotation?.phase).toBe("TimedOut");
    aws.isFailing = false;
    aws.clearPending();
    // Not before an hour after the failure was seen.
    await simulation.run(59 * MINUTE);
    expect(aws.accepted).toHaveLength(1);
    expect(reasonOf(cluster.status, "Stalled")).toBe("RotationBackOff");
    await simulation.run(11 * MINUTE);
    expect(aws.accepted).toHaveLength(2);
    expect(cluster.status.history?.map(({ result }) => result)).toEqual(["Succeeded", "Failed"]);
  });

  it("lets the next rotation wait until the last old pod has ended", async () => {
    const simulation = await inUse();
    watchRotations(simulation);
    for (const deployment of simulation.cluster.deployments) deployment.terminationMs = 40_000;
    simulation.cluster.request("one");
    await simulation.run(15_000);
    simulation.cluster.request("two");
    await expectRest(simulation);
    expect(simulation.aws.accepted).toHaveLength(2);
    expect(restarts(simulation)).toEqual([2, 2]);
  });

  it("restarts who took foreign data, time and again", async () => {
    const simulation = await inUse();
    for (let n = 1; n <= 25; n += 1) {
      simulation.cluster.secret.edit("password", `foreign-${n}`);
      await simulation.run(5 * MINUTE);
    }
    expect(restarts(simulation)).toEqual([25, 25]);
    await expectRest(simulation);
  });

  it("restarts all workloads except a protected one, reports that, and rotates again once it may", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.protectedWorkloads.add("web");
    aws.putByOthers();
    await simulation.run(5 * MINUTE);
    expect(restarts(simulation)).toEqual([0, 1]);
    expect(reasonOf(cluster.status, "Stalled")).toBe("WriteRefused");
    const told = cluster.events.filter(({ reason }) => reason === "WriteRefused");
    expect(told).toMatchObject([{ message: expect.stringContaining("Deployment web (403 Forbidden)") }]);
    cluster.request("one");
    await simulation.run(5 * MINUTE);
    expect(aws.accepted).toEqual([]);
    const { statusWrites } = cluster;
    await simulation.run(60 * MINUTE);
    expect(cluster.statusWrites).toBe(statusWrites);
    cluster.protectedWorkloads.clear();
    await expectRest(simulation);
    expect(aws.accepted).toHaveLength(1);
    expect(restarts(simulation)).toEqual([2, 2]);
  });

  it("restarts a StatefulSet and a Deployment of the same name, each once", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.deployStatefulSet("web");
    await simulation.run(MINUTE);
    for (const count of [1, 2]) {
      aws.putByOthers();
      await expectRest(simulation);
      expect(restarts(simulation)).toEqual([count, count, count]);
    }
  });

  it.each([
    ["OnDelete", { kind: "OnDelete" }, 0, ["db-0", "db-1", "db-2"]],
    ["a partition", { kind: "Partition", from: 2 }, 1, ["db-0", "db-1"]],
  ] as const)(
    "with %s says which pods are to be deleted, and goes on when they were",
    async (_, strategy, restarted, byHand) => {
      const simulation = new Simulation();
      const { aws, cluster } = simulation;
      const statefulSet = cluster.deployStatefulSet("db");
      statefulSet.strategy = strategy;
      await simulation.run(MINUTE);
      aws.putByOthers();
      cluster.request("one");
      await simulation.run(5 * MINUTE);
      expect(reasonOf(cluster.status, "Stalled")).toBe("WaitingForDeletion");
      expect(aws.accepted).toEqual([]);
      // For what was put, and again for what the request made.
      for (const accepted of [1, 1]) {
        for (const name of byHand) {
          statefulSet.deletePod(name);
          await simulation.run(MINUTE);
        }
        await simulation.run(5 * MINUTE);
        expect(aws.accepted).toHaveLength(accepted);
      }
      await expectRest(simulation);
      expect(restarts(simulation)).toEqual([2 * restarted]);
    },
  );

  it("restarts the workloads that a selector selects", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    Object.assign(cluster.deployments[1]?.labels ?? {}, { team: "a" });
    const selector = { matchLabels: { team: "a" } };
    cluster.edit({ rollout: { workloads: { mode: "Selector", selector } } });
    aws.putByOthers();
    await simulation.run(LONG);
    expect(restarts(simulation)).toEqual([0, 1]);
    expect(reasonOf(cluster.status, "Current")).toBe("UpToDate");
  });

  it("goes to a pinned version and stays, rotates nothing, and goes on where AWS is when the pin is removed", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    const [first = aws.current] = aws.versions;
    aws.putByOthers();
    await simulation.run(LONG);
    cluster.edit({
      pin: { versionId: first },
      rotation: { trigger: "Schedule", schedule: { cron: "0 * * * *" } },
    });
    cluster.request("one");
    await simulation.run(150 * MINUTE);
    expect(cluster.secret.versionId).toBe(first);
    expect(restarts(simulation)).toEqual([2, 2]);
    expect(aws.accepted).toEqual([]);
    expect(reasonOf(cluster.status, "Ready")).toBe("Pinned");
    aws.rotateByOthers();
    await simulation.run(LONG);
    expect(cluster.secret.versionId).toBe(first);
    const { statusWrites } = cluster;
    await simulation.run(LONG);
    expect(cluster.statusWrites).toBe(statusWrites);
    cluster.edit({ pin: undefined, rotation: { trigger: "Manual" } });
    await expectRest(simulation);
    expect(aws.accepted).toHaveLength(1);
    expect(restarts(simulation)).toEqual([4, 4]);
  });

  it("stays where it is while the pinned version is not there, and goes there when it is", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    const before = cluster.secret.versionId;
    cluster.edit({ pin: { versionId: "others-00000000000000000000000000000002" } });
    await simulation.run(5 * MINUTE);
    expect(cluster.secret.versionId).toBe(before);
    expect(reasonOf(cluster.status, "Stalled")).toBe("PinnedVersionMissing");
    aws.putByOthers();
    aws.moveBack();
    await simulation.run(5 * MINUTE);
    expect(cluster.secret.versionId).toBe("others-00000000000000000000000000000002");
    cluster.edit({ pin: undefined });
    await expectRest(simulation);
    expect(cluster.secret.versionId).toBe(before);
  });

  it("says that its Secret may not be written, and writes it once it may", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.secret.isProtected = true;
    aws.putByOthers();
    await simulation.run(5 * MINUTE);
    expect(reasonOf(cluster.status, "Current")).toBe("WriteRefused");
    expect(reasonOf(cluster.status, "Stalled")).toBe("WriteRefused");
    expect(cluster.events.map(({ reason }) => reason)).not.toContain("SecretSynced");
    cluster.secret.isProtected = false;
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([1, 1]);
  });

  it("does not join in a fight over its Secret, and carries what AWS rotates meanwhile", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    let version = cluster.secret.versionId;
    for (let seconds = 0; seconds < 3 * 3_600; seconds += 5) {
      cluster.secret.edit("password", "theirs");
      await simulation.run(5_000);
      if (seconds === 7_200) aws.putByOthers();
      if (cluster.secret.versionId !== version) {
        version = cluster.secret.versionId;
        expect(seconds).toBeLessThan(7_200 + 120);
      }
    }
    expect(version).toBe(aws.current);
    expect(reasonOf(cluster.status, "Stalled")).toBe("DriftFight");
    for (const count of restarts(simulation)) expect(count).toBeLessThan(16);
    await simulation.run(60 * MINUTE);
    await expectRest(simulation);
  });

  it("says of a request whose text was used before that it is, once, and rotates nothing", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    for (const text of ["one", "two", "one"]) {
      cluster.request(text);
      await simulation.run(LONG);
    }
    expect(aws.accepted).toHaveLength(2);
    expect(cluster.events.filter(({ reason }) => reason === "RequestUsedBefore")).toHaveLength(1);
    expect(cluster.status.history).toHaveLength(2);
    await expectRest(simulation);
  });

  it("does not go round in circles over a version that was taken back and left pending", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    aws.leavesPending = true;
    aws.rotateByOthers();
    await simulation.run(5 * MINUTE);
    aws.moveBack();
    await simulation.run(LONG);
    expect(cluster.status.conditions?.find(({ type }) => type === "Stalled")?.reason).toBe(
      "RotationTimedOut",
    );
    const { statusWrites } = cluster;
    await simulation.run(LONG);
    expect(cluster.statusWrites).toBe(statusWrites);
  });

  it("does not rotate for a tick that somebody else's rotation came before, while the operator was away", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    simulation.crash = (call, when) => call === "rotations.rotate" && when === "before";
    cluster.edit({ rotation: { trigger: "Schedule", schedule: { cron: "0 13 * * *" } } });
    await simulation.run(55 * MINUTE);
    aws.rotateByOthers();
    simulation.crash = () => false;
    await expectRest(simulation);
    expect(aws.accepted).toEqual([]);
  });

  it("leaves no pod on the old version, at whatever time pods were about to start", async () => {
    /** Deploys at this time after a new version was put, or never, and lets time pass until the Secret carries it. */
    const change = async (deployAfter?: number) => {
      const simulation = new Simulation();
      // Between two looks of the catalogue.
      await simulation.run(1.5 * MINUTE);
      simulation.aws.putByOthers();
      const putAt = simulation.now;
      if (deployAfter !== undefined) await simulation.run(deployAfter);
      if (deployAfter !== undefined) simulation.cluster.deploy("web");
      while (simulation.cluster.secret.versionId !== simulation.aws.current) await simulation.run(100);
      return { simulation, took: simulation.now - putAt };
    };
    const { took } = await change();
    expect(took).toBeGreaterThan(10_000);
    for (let early = 0; early <= 4_000; early += 150)
      await expectRest((await change(took - early)).simulation);
  });

  it("proves the rollout again when other workloads count, even if it could not look at once", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    cluster.edit({ rollout: { workloads: { mode: "Names", names: ["deployment/web"] } } });
    await simulation.run(MINUTE);
    aws.putByOthers();
    await simulation.run(5 * MINUTE);
    expect(restarts(simulation)).toEqual([1, 0]);
    cluster.edit({ rollout: {} });
    cluster.allow();
    await simulation.run(MINUTE);
    cluster.allow(policy("Read", "Rotate"));
    await expectRest(simulation);
    expect(restarts(simulation)).toEqual([1, 1]);
  });

  it("is rotated in good time once AWS takes up what it refused, and that is not late", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    aws.refusal = { kind: "denied", operation: "RotateSecret", code: "AccessDeniedException" };
    cluster.request("one");
    await simulation.run(30 * MINUTE);
    expect(cluster.events.filter(({ reason }) => reason === "RotationRefused")).toHaveLength(1);
    expect(cluster.status.conditions?.find(({ type }) => type === "Rotated")?.reason).toBe("RotationRefused");
    aws.refusal = undefined;
    while (aws.accepted.length === 0) await simulation.run(1_000);
    await simulation.run(20_000);
    expect(cluster.secret.versionId).toBe(aws.accepted[0]);
    expect(cluster.events.map(({ reason }) => reason)).not.toContain("RotationTimedOut");
    await expectRest(simulation);
  });

  it("with a policy that went away midway goes on where it was when one is back", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    cluster.request("one");
    await simulation.run(4_500);
    cluster.allow();
    await simulation.run(LONG);
    expect(cluster.status.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      reason: "Denied",
    });
    cluster.allow(policy("Read", "Rotate"));
    await expectRest(simulation);
    expect(aws.accepted).toHaveLength(1);
    expect(restarts(simulation)).toEqual([1, 1]);
  });
});

describe("while other RotatedSecrets wait for a worker", () => {
  /** The calls of the operator up to its first status, each pass included. */
  const untilStatus = (calls: readonly string[]) => calls.slice(0, calls.indexOf("reporting.writeStatus"));

  it.each([
    ["no other waits: the status follows in the same pass", false, ["workloads.pods", "reporting.record"]],
    [
      "the Secret is created, and the status follows after the others",
      true,
      ["pass", "workloads.pods", "reporting.record"],
    ],
  ])("%s", async (_, othersWait, expected) => {
    const simulation = new Simulation({ othersWait });
    const { calls } = simulation;
    simulation.onPass = () => calls.push("pass");
    await simulation.run(MINUTE);
    const created = calls.indexOf("targets.apply");
    expect(created).toBeGreaterThan(0);
    expect(untilStatus(calls.slice(created + 1))).toEqual(expected);
    await expectRest(simulation);
  });

  it("a new version goes to the Secret, the readers and status without a pause", async () => {
    const simulation = await inUse({ othersWait: true });
    const { aws, calls } = simulation;
    const before = calls.length;
    simulation.onPass = () => calls.push("pass");
    aws.putByOthers();
    await simulation.run(MINUTE);
    const written = calls.indexOf("targets.apply", before);
    expect(written).toBeGreaterThan(before);
    expect(untilStatus(calls.slice(written))).not.toContain("pass");
  });

  it.each<[string, string, (secret: Simulation["cluster"]["secret"]) => void]>([
    ["may not be created", "WriteRefused", (secret) => Object.assign(secret, { isProtected: true })],
    ["somebody else has created", "TargetNotOwned", (secret) => secret.create({ password: "dGhlaXJz" })],
  ])("a Secret that %s is reported in the same pass", async (_, reason, prepare) => {
    const simulation = new Simulation({ othersWait: true });
    const { calls, cluster } = simulation;
    prepare(cluster.secret);
    simulation.onPass = () => calls.push("pass");
    await simulation.run(MINUTE);
    expect(reasonOf(cluster.status, "Stalled")).toBe(reason);
    expect(untilStatus(calls.slice(calls.indexOf("targets.apply")))).not.toContain("pass");
  });
});

describe("RotatedSecrets of one AWS secret", () => {
  it("that are asked for a rotation at the same time make one, which fulfils both requests", async () => {
    const simulation = new Simulation({ clusters: 3, isOneCluster: true });
    await simulation.run(5 * MINUTE);
    for (const cluster of simulation.clusters) cluster.request("one");
    await simulation.run(LONG);
    expect(simulation.aws.accepted).toHaveLength(1);
    const ends = simulation.clusters.map(({ status }) => status.history?.[0]?.result ?? "");
    expect(ends.toSorted((one, other) => one.localeCompare(other))).toEqual([
      "Succeeded",
      "Superseded",
      "Superseded",
    ]);
    for (const { status, events } of simulation.clusters) {
      expect(status.rotation).toBeUndefined();
      expect(status.lastHandledRotateRequest).toBe("one");
      expect(status.history?.[0]?.versionId).toBe(simulation.aws.current);
      expect(events.filter(({ reason }) => reason === "RotationSucceeded")).toHaveLength(1);
    }
  });

  it("do not wait for one whose rotation AWS refuses", async () => {
    const simulation = new Simulation({ clusters: 2, isOneCluster: true });
    await simulation.run(5 * MINUTE);
    const [first, second] = simulation.clusters;
    simulation.aws.refusal = { kind: "denied", operation: "RotateSecret", code: "AccessDeniedException" };
    first?.request("one");
    await simulation.run(2 * MINUTE);
    simulation.aws.refusal = undefined;
    second?.request("two");
    await simulation.run(10_000);
    expect(simulation.aws.accepted).toHaveLength(1);
    await simulation.run(LONG);
    expect(simulation.aws.accepted).toHaveLength(1);
    expect(first?.status.history?.[0]?.result).toBe("Superseded");
  });
});

describe("a resource over whose Secret somebody fights", () => {
  it("is never said to be current while RotateSecret is refused, and warns once of each", async () => {
    const simulation = await inUse();
    const { aws, cluster } = simulation;
    holdToPromises(simulation, { operators: 1 });
    aws.refusal = { kind: "denied", operation: "RotateSecret", code: "AccessDeniedException" };
    cluster.request("one");
    const before = cluster.statusWrites;
    for (let n = 0; n < 180; n += 1) {
      cluster.secret.edit("password", `foreign-${n}`);
      await simulation.run(20_000);
    }
    const corrections = cluster.events.filter(({ reason }) => reason === "DriftCorrected").length;
    const fights = cluster.events.filter(({ reason }) => reason === "DriftFight").length;
    expect(corrections).toBeGreaterThan(0);
    expect(fights).toBeLessThanOrEqual(corrections);
    expect(cluster.statusWrites - before).toBeLessThan(60);
  });
});

describe("an operator whose process ends", () => {
  it("leaves one rotation and one restart of each, at whatever call it ends", {
    timeout: 30_000,
  }, async () => {
    for (const when of ["before", "after"] as const) {
      for (let nth = 1; ; nth += 1) {
        const simulation = await inUse();
        watchRotations(simulation);
        simulation.aws.readLagMs = 1_000;
        const first = simulation.calls.length;
        let ended: string | undefined;
        simulation.crash = (call, at) => {
          if (at !== when || ended !== undefined || simulation.calls.length - first !== nth) return false;
          ended = call;
          return true;
        };
        simulation.cluster.request("one");
        await expectRest(simulation);
        const outcome = { accepted: simulation.aws.accepted.length, restarts: restarts(simulation) };
        expect(outcome, `${when} call ${nth} (${ended})`).toEqual({ accepted: 1, restarts: [1, 1] });
        if (ended === undefined) break;
      }
    }
  });
});

describe("two operators by mistake", () => {
  it("make one rotation and one restart of each", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(12)), async (turns) => {
        const simulation = await inUse({ operators: 2 });
        simulation.aws.readLagMs = 1_000;
        simulation.turns = () => turns.next().value ?? 0;
        simulation.cluster.request("one");
        await expectRest(simulation);
        expect(simulation.aws.accepted).toHaveLength(1);
        expect(restarts(simulation)).toEqual([1, 1]);
      }),
      { numRuns: 15 },
    );
  });
});

describe("any events, in any order", () => {
  it("no token is used twice, the Secret is whole, and all comes to rest with everybody on the current version", {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 2 }),
        fc.boolean(),
        async (happenings, operators, othersWait) => {
          const simulation = await inUse({ operators, othersWait });
          await happen(simulation, happenings);
          await tidyUp(simulation);
          await expectRest(simulation);
          expect(new Set(simulation.aws.accepted).size).toBe(simulation.aws.accepted.length);
          for (const count of restarts(simulation))
            expect(count).toBeLessThan(simulation.cluster.secret.carried.length);
        },
      ),
      { numRuns: 150 },
    );
  });
});
