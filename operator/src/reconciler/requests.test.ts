import { describe, expect, it } from "vitest";
import type { RotatedSecretSpec, RotatedSecretStatus } from "../api/rotated-secret.ts";
import { expectRest, inUse, LONG, MINUTE, restarts } from "./testing/at-rest.ts";
import type { Simulation } from "./testing/simulation.ts";

const HOUR = 60 * MINUTE;
const EMERGENCY = "rotatedsecrets.dev/emergency-rotate";
const ROTATE = "rotatedsecrets.dev/rotate";
/** Everything begins at noon. */
const NIGHTLY: Partial<RotatedSecretSpec> = {
  windows: [{ kind: "Allow", cron: "0 22 * * *", duration: "2h" }],
};

function messageOf({ conditions = [] }: RotatedSecretStatus, type: string): string {
  return conditions.find((condition) => condition.type === type)?.message ?? "";
}

/** The statuses that the operator writes from now on. */
function statusesOf(simulation: Simulation): readonly RotatedSecretStatus[] {
  const statuses: RotatedSecretStatus[] = [];
  simulation.onStatus = (_cluster, status) => statuses.push(status);
  return statuses;
}

function eventsOf({ cluster }: Simulation, ...reasons: readonly string[]): readonly string[] {
  return cluster.events.filter(({ reason }) => reasons.includes(reason)).map(({ message }) => message);
}

describe("status.lastSettledRotateRequest", () => {
  it("names a request once all pods use its version, and not before", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    const statuses = statusesOf(simulation);
    cluster.request("one");
    await simulation.run(LONG);
    const handled = statuses.findIndex(({ lastHandledRotateRequest }) => lastHandledRotateRequest === "one");
    const settled = statuses.findIndex(({ lastSettledRotateRequest }) => lastSettledRotateRequest === "one");
    expect(handled).toBe(0);
    expect(settled).toBeGreaterThan(handled);
    expect(statuses[settled]).toMatchObject({
      currentVersion: aws.current,
      settled: { versionId: aws.current },
    });
    expect(statuses[settled]?.history?.[0]).toMatchObject({ request: "one", result: "Succeeded" });
    await expectRest(simulation);
  });

  it("names a request whose rotation failed", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    aws.isFailing = true;
    cluster.request("one");
    await simulation.run(LONG);
    expect(cluster.status.rotation?.phase).toBe("TimedOut");
    expect(cluster.status.lastSettledRotateRequest).toBeUndefined();
    aws.clearPending();
    await simulation.run(LONG);
    expect(cluster.status).toMatchObject({
      lastSettledRotateRequest: "one",
      history: [{ request: "one", result: "Failed" }],
    });
  });

  it("names a request whose version no workload is restarted for", async () => {
    const simulation = await inUse();
    const { cluster } = simulation;
    cluster.edit({ rollout: { workloads: { mode: "None" } } });
    cluster.request("one");
    await simulation.run(LONG);
    expect(cluster.status.lastSettledRotateRequest).toBe("one");
  });

  it("names a request that a person must finish: a workload may not be restarted", async () => {
    const simulation = await inUse();
    const { cluster } = simulation;
    cluster.protectedWorkloads.add("web");
    cluster.request("one");
    await simulation.run(LONG);
    expect(cluster.status.conditions).toContainEqual(
      expect.objectContaining({ type: "Stalled", status: "True", reason: "WriteRefused" }),
    );
    expect(cluster.status.lastSettledRotateRequest).toBe("one");
  });

  it("names a text that was used before, for which nothing is rotated", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    for (const text of ["one", "two", "one"]) {
      cluster.request(text);
      await simulation.run(LONG);
      expect(cluster.status).toMatchObject({
        lastHandledRotateRequest: text,
        lastSettledRotateRequest: text,
      });
    }
    expect(aws.accepted).toHaveLength(2);
  });

  it("waits with a restart for a window", async () => {
    const simulation = await inUse();
    const { cluster } = simulation;
    cluster.request("one");
    await simulation.run(1_000);
    cluster.edit(NIGHTLY);
    await simulation.run(HOUR);
    expect(cluster.status).toMatchObject({ lastHandledRotateRequest: "one" });
    expect(cluster.status.lastSettledRotateRequest).toBeUndefined();
    await simulation.run(10 * HOUR);
    expect(cluster.status.lastSettledRotateRequest).toBe("one");
  });
});

describe("a request that cannot start yet", () => {
  it.each<[string, Partial<RotatedSecretSpec>, Partial<RotatedSecretSpec>, string]>([
    [
      "a window",
      NIGHTLY,
      { windows: undefined },
      "waits because of WaitingForWindow: its rotation starts by itself when spec.windows permits it",
    ],
    [
      "a suspension",
      { suspend: true },
      { suspend: false },
      "Suspended: its rotation starts by itself when spec.suspend is false again",
    ],
    ["a pin", {}, { pin: undefined }, "Pinned: its rotation starts by itself when spec.pin is removed"],
  ])("names %s in the condition and in one event, and starts after it", async (_, obstacle, none, text) => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    cluster.edit(_ === "a pin" ? { pin: { versionId: aws.current } } : obstacle);
    await simulation.run(MINUTE);
    cluster.request("now");
    await simulation.run(HOUR);
    expect(messageOf(cluster.status, "Rotated")).toContain(
      `. The request "now" (${ROTATE}) waits because of `,
    );
    expect(messageOf(cluster.status, "Rotated")).toContain(text);
    expect(eventsOf(simulation, "RequestWaits")).toEqual([expect.stringContaining(text)]);
    expect(aws.accepted).toEqual([]);
    cluster.edit(none);
    await simulation.run(LONG);
    expect(aws.accepted).toHaveLength(1);
    expect(messageOf(cluster.status, "Rotated")).not.toContain("The request");
    await expectRest(simulation);
  });

  it("names the rotation that is late, and starts when that one is given up", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    aws.isFailing = true;
    cluster.request("one");
    await simulation.run(LONG);
    cluster.request("again");
    await simulation.run(LONG);
    expect(eventsOf(simulation, "RequestWaits")).toEqual([
      expect.stringContaining('"again" (rotatedsecrets.dev/rotate) waits because of RotationTimedOut'),
    ]);
    expect(messageOf(cluster.status, "Rotated")).toContain("has ended, or is given up");
    aws.isFailing = false;
    aws.clearPending();
    await expectRest(simulation);
    expect(cluster.status.lastSettledRotateRequest).toBe("again");
  });

  it("is older than a suspension, and starts when that ends, unless it was taken back", async () => {
    for (const isTakenBack of [false, true]) {
      const simulation = await inUse();
      const { cluster, aws } = simulation;
      cluster.edit(NIGHTLY);
      cluster.request("old");
      await simulation.run(MINUTE);
      cluster.edit({ suspend: true, windows: undefined });
      await simulation.run(HOUR);
      expect(cluster.status.nextRotation).toBe("suspended");
      if (isTakenBack) cluster.request(undefined);
      cluster.edit({ suspend: false });
      await simulation.run(LONG);
      expect(aws.accepted).toHaveLength(isTakenBack ? 0 : 1);
    }
  });
});

describe("an emergency", () => {
  it("rotates and restarts at once although no window is open, and says so", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    cluster.edit(NIGHTLY);
    await simulation.run(MINUTE);
    cluster.annotate(EMERGENCY, "leaked in a log");
    await simulation.run(5 * MINUTE);
    expect(aws.accepted).toHaveLength(1);
    expect(restarts(simulation)).toEqual([1, 1]);
    expect(eventsOf(simulation, "EmergencyRotation")).toEqual([
      expect.stringMatching(/^an emergency rotation starts, whatever spec.windows says/),
    ]);
    expect(cluster.status).toMatchObject({
      lastHandledEmergencyRequest: "leaked in a log",
      lastSettledEmergencyRequest: "leaked in a log",
      history: [{ trigger: "Emergency", request: "leaked in a log", result: "Succeeded" }],
    });
    await expectRest(simulation);
  });

  it("ends when its pods use the new version: windows then hold back rotations and restarts again", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    cluster.edit(NIGHTLY);
    await simulation.run(MINUTE);
    cluster.annotate(EMERGENCY, "leak");
    cluster.request("routine");
    await simulation.run(HOUR);
    expect(aws.accepted).toHaveLength(1);
    aws.putByOthers();
    await simulation.run(HOUR);
    expect(restarts(simulation)).toEqual([1, 1]);
    expect(messageOf(cluster.status, "RolledOut")).toContain("when spec.windows next permits it");
  });

  it("is not held back by a mistake in windows or schedule, and by one in rollout it is", async () => {
    const accepted = async (spec: object) => {
      const simulation = await inUse();
      simulation.cluster.edit(spec);
      simulation.cluster.annotate(EMERGENCY, "leak");
      await simulation.run(LONG);
      return simulation.aws.accepted.length;
    };
    expect(await accepted({ windows: [{ kind: "Freeze" }] })).toBe(1);
    expect(await accepted({ rotation: { trigger: "Hourly" } })).toBe(1);
    expect(await accepted({ rollout: { workloads: { mode: "Labels" } } })).toBe(0);
  });
});

describe("status.history", () => {
  it("has the time of each step, in order, and the number of workloads", async () => {
    const simulation = await inUse();
    const { cluster, aws } = simulation;
    cluster.request("one");
    await simulation.run(LONG);
    const [past] = cluster.status.history ?? [];
    expect(past).toMatchObject({ versionId: aws.current, workloads: 2 });
    const { startedAt = "", rotatedAt = "", syncedAt = "", restartedAt = "", settledAt = "" } = past ?? {};
    const steps = [startedAt, rotatedAt, restartedAt, settledAt].map((time) => Date.parse(time));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(Date.parse(syncedAt)).toBeLessThan(Date.parse(restartedAt));
    expect(Date.parse(syncedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
  });
});
