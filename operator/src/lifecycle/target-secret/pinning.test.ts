import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type { RotatedSecretSpec, RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { live } from "../../ports/fact.ts";
import { decide } from "../decide.ts";
import { conditionsOf } from "../report/conditions.ts";
import { statusOf } from "../report/status.ts";
import { rotation } from "../rotation/rotation.ts";
import {
  ARN,
  createdTimes,
  decided,
  documentOf,
  LONG_AGO,
  NOW,
  resource,
  secret,
  stepOf,
  target,
  version,
  world,
} from "../testing/world.ts";
import type { World } from "../world.ts";
import { sync } from "./sync.ts";

const [v1, v2] = [version(1), version(2)];
const settled = { versionId: v2, writtenAt: new Date(LONG_AGO).toISOString() };

/** AWS calls version 2 current, the Secret carries it, and the spec pins version 1. */
function pinnedTo1(
  change: Partial<World> = {},
  spec: Partial<RotatedSecretSpec> = {},
  status: Partial<RotatedSecretStatus> = {},
  annotations: Record<string, string> = {},
): World {
  return world(2, {
    resource: resource(
      { pin: { versionId: v1 }, ...spec },
      { secretArn: ARN, settled, ...status },
      annotations,
    ),
    value: live(
      { kind: "value", versionId: v1, createdAt: LONG_AGO, value: new SecretValue(documentOf(1)) },
      NOW,
    ),
    target: live(target(2), NOW),
    ...change,
  });
}

const refused = (kind: "notFound" | "denied") =>
  live(
    { kind: "problem", problem: { kind, operation: "GetSecretValue", code: "SomeException" } } as const,
    NOW,
  );

describe("a pinned version", () => {
  it("is carried at once, however old: a person named it, no read of AWS", () => {
    const justRead = secret(2, { currentRead: { first: NOW, last: NOW } });
    expect(stepOf(sync, pinnedTo1({ source: live({ secret: justRead }, NOW) }))).toMatchObject({
      do: "applySecret",
      versionId: v1,
    });
  });

  it("is read by its id where its value is not held", () => {
    expect(stepOf(sync, pinnedTo1({ value: { kind: "unknown" } }))).toEqual({
      do: "refresh",
      facts: ["value"],
    });
  });

  it("that AWS does not have leaves the Secret as it is, and says where the versions are listed", () => {
    expect(stepOf(sync, pinnedTo1({ value: refused("notFound") }))).toMatchObject({
      do: "wait",
      reason: "PinnedVersionMissing",
      endedBy: "person",
      afterwards: "go on",
      message: expect.stringMatching(
        new RegExp(
          `${v1}.*list-secret-version-ids --region eu-west-1 --include-deprecated --secret-id ${ARN}`,
        ),
      ),
    });
  });

  it("that AWS denies is a matter of permissions", () => {
    expect(stepOf(sync, pinnedTo1({ value: refused("denied") }))).toMatchObject({ reason: "AwsDenied" });
  });

  it("is kept where nothing has AWSCURRENT", () => {
    const source = live({ secret: secret(2, { stages: new Map() }) }, NOW);
    expect(stepOf(sync, pinnedTo1({ source }))).toMatchObject({ do: "applySecret", versionId: v1 });
  });

  it.each<[string, Partial<RotatedSecretSpec>, Record<string, string>]>([
    ["by schedule", { rotation: { trigger: "Schedule", schedule: { cron: "0 3 * * *" } } }, {}],
    ["on request", {}, { "rotatedsecrets.dev/rotate": "now" }],
    ["because none is due", {}, {}],
  ])("is not rotated %s", (_, spec, annotations) => {
    expect(
      stepOf(rotation, pinnedTo1({ versionCreatedAt: createdTimes(2) }, spec, {}, annotations)),
    ).toMatchObject({
      do: "wait",
      reason: "Pinned",
      alarm: "quiet",
    });
  });

  it("keeps a rotation that was recorded from being called, and does not forget it", () => {
    const underway = {
      token: version(9),
      trigger: "Request",
      request: "now",
      phase: "Rotating",
      startedAt: new Date(LONG_AGO).toISOString(),
      attempts: 0,
    } as const;
    const held = pinnedTo1(
      { source: live({ secret: secret(2) }, NOW), versionCreatedAt: createdTimes(2) },
      {},
      { rotation: underway },
      { "rotatedsecrets.dev/rotate": "now" },
    );
    expect(stepOf(rotation, held)).toMatchObject({ reason: "Pinned" });
    expect(statusOf(held, decided()).rotation).toEqual(underway);
  });

  it("lets a rotation of others be followed to its end", () => {
    const stages = new Map([...secret(2).stages, [version(3), ["AWSPENDING"]] as const]);
    const step = stepOf(rotation, pinnedTo1({ source: live({ secret: secret(2, { stages }) }, NOW) }));
    expect(step).toMatchObject({ do: "record", change: { rotation: { trigger: "External" } } });
  });

  describe("in the conditions", () => {
    const shown = (held: World) => {
      const decision = decide(held);
      if (decision.kind !== "rest") throw new Error("expected rest");
      const conditions = conditionsOf(held, decision, { underway: undefined, history: [] });
      return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
    };
    const first = { versionId: v1, writtenAt: settled.writtenAt };

    it("is neither work that goes on nor anybody's fault, and not current where AWS has another", () => {
      expect(shown(pinnedTo1({ target: live(target(1), NOW) }, {}, { settled: first }))).toEqual({
        Ready: "True Pinned",
        Current: "False Pinned",
        Rotated: "False Pinned",
        RolledOut: "True RolledOut",
        Reconciling: "False AtRest",
        Stalled: "False NotStalled",
      });
    });

    it("is current where AWS calls it so", () => {
      const same = pinnedTo1(
        { source: live({ secret: secret(1) }, NOW), target: live(target(1), NOW) },
        {},
        { settled: first },
      );
      expect(shown(same)).toMatchObject({ Ready: "True Pinned", Current: "True UpToDate" });
    });
  });

  it("is shown in place of the next rotation's time", () => {
    expect(statusOf(pinnedTo1(), decided()).nextRotation).toBe("pinned");
  });
});

describe("a pin that is removed", () => {
  const unpinned = (first: number) =>
    world(2, {
      target: live(target(3), NOW),
      versionCreatedAt: createdTimes(3),
      source: live({ secret: secret(2, { currentRead: { first, last: NOW } }) }, NOW),
    });

  it("goes back to an older AWSCURRENT at once, where AWS has named it for longer than its reads lag", () => {
    expect(stepOf(sync, unpinned(LONG_AGO))).toMatchObject({ do: "applySecret", versionId: v2 });
  });

  it("reads an older AWSCURRENT once more where it has just become that", () => {
    expect(stepOf(sync, unpinned(NOW))).toMatchObject({ reason: "ConfirmingOlderVersion" });
  });
});
