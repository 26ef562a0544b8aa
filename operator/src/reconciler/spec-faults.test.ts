import { describe, expect, it } from "vitest";
import type { RotatedSecretSpec, RotatedSecretStatus } from "../api/rotated-secret.ts";
import { expectRest, inUse, LONG, MINUTE, restarts } from "./testing/at-rest.ts";
import type { Simulation } from "./testing/simulation.ts";

const HOUR = 60 * MINUTE;
const hourly = (fields: object): Partial<RotatedSecretSpec> => ({
  rotation: { trigger: "Schedule", schedule: { cron: "0 * * * *", ...fields } },
});
const TYPO = hourly({ timeZone: "Europe/Berlni" });

function conditionsOf({ conditions = [] }: RotatedSecretStatus) {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

async function edited(spec: Partial<RotatedSecretSpec>): Promise<Simulation> {
  const simulation = await inUse();
  simulation.cluster.edit(spec);
  await simulation.run(5 * MINUTE);
  return simulation;
}

describe("a mistake in when to rotate or restart stops only that", () => {
  it.each<[string, Partial<RotatedSecretSpec>]>([
    ["a time zone that the operator does not know", TYPO],
    ["a date that does not exist", hourly({ cron: "0 3 31 2 *" })],
    [
      "a window in an unknown time zone",
      { windows: [{ kind: "Deny", cron: "0 0 * * *", duration: "1m", timeZone: "Mars" }] },
    ],
    ["a mode of another release", { rollout: { workloads: { mode: "Labels" as "Auto" } } }],
  ])("%s: the conditions stay, and the rotation waits for a correction", async (_, spec) => {
    const { cluster } = await edited(spec);
    expect(conditionsOf(cluster.status)).toEqual({
      Ready: "True InvalidSpec",
      Current: "True UpToDate",
      Rotated: "False InvalidSpec",
      RolledOut: "True RolledOut",
      Reconciling: "False AtRest",
      Stalled: "True InvalidSpec",
    });
    expect(cluster.status.nextRotation).toBe("spec invalid");
    expect(cluster.events.filter(({ reason }) => reason === "InvalidSpec")).toHaveLength(1);
  });

  it("a time zone that the operator does not know: new versions are carried, and the pods restarted", async () => {
    const simulation = await edited(TYPO);
    const { aws, cluster } = simulation;
    aws.putByOthers();
    await simulation.run(3 * HOUR);
    expect(cluster.secret.versionId).toBe(aws.current);
    expect(restarts(simulation)).toEqual([1, 1]);
    expect(aws.accepted).toEqual([]);
    expect(conditionsOf(cluster.status)).toMatchObject({
      Ready: "True InvalidSpec",
      Current: "True UpToDate",
    });
    cluster.edit(hourly({ timeZone: "Europe/Berlin" }));
    await simulation.run(2 * HOUR);
    // The time that was missed, and two more.
    expect(aws.accepted).toHaveLength(3);
    cluster.edit({ rotation: undefined });
    await expectRest(simulation);
  });

  it.each<[string, Partial<RotatedSecretSpec>, Partial<RotatedSecretSpec>]>([
    [
      "a window in an unknown time zone",
      { windows: [{ kind: "Allow", cron: "* * * * *", duration: "1h", timeZone: "Mars" }] },
      { windows: undefined },
    ],
    [
      "a mode of another release",
      { rollout: { workloads: { mode: "Labels" as "Auto" } } },
      { rollout: undefined },
    ],
  ])(
    "%s: the Secret gets a new version, and no pod restarts before the correction",
    async (_, spec, corrected) => {
      const simulation = await edited(spec);
      const { aws, cluster } = simulation;
      aws.putByOthers();
      await simulation.run(LONG);
      expect(cluster.secret.versionId).toBe(aws.current);
      expect(restarts(simulation)).toEqual([0, 0]);
      expect(conditionsOf(cluster.status)).toMatchObject({
        Ready: "True InvalidSpec",
        Current: "False InvalidSpec",
        RolledOut: "False InvalidSpec",
      });
      cluster.edit(corrected);
      await expectRest(simulation);
      expect(restarts(simulation)).toEqual([1, 1]);
    },
  );

  it("says which field, what to write, and what goes on", async () => {
    const { cluster } = await edited(TYPO);
    const message = cluster.status.conditions?.find(({ type }) => type === "Stalled")?.message;
    expect(message).toBe(
      "spec.rotation.schedule.timeZone: is unknown to the operator: write a time zone of the IANA database, such as " +
        '"Europe/Berlin". Until this is corrected, the operator starts no rotation; the Secret still receives new versions',
    );
  });
});
