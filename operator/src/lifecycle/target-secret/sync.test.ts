import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { cached, live, unknown } from "../../ports/fact.ts";
import type { TargetSecret } from "../../ports/target-secrets.ts";
import {
  createdTimes,
  dataOf,
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
const DENIED = { kind: "denied", operation: "BatchGetSecretValue", code: "AccessDeniedException" } as const;

function reading(n: number, text = documentOf(n)): World["value"] {
  return live({ kind: "value", versionId: version(n), createdAt: NOW, value: new SecretValue(text) }, NOW);
}

/** AWS has moved on to version 2. The Secret still carries version 1, or the given data. */
function moved(held: TargetSecret, change: Partial<World> = {}): World {
  return world(2, { target: live(held, NOW), versionCreatedAt: createdTimes(2), ...change });
}

describe("the sync phase", () => {
  it("does nothing where the Secret carries what AWS calls current", () => {
    expect(stepOf(sync, world(1))).toBeUndefined();
  });

  it("makes the Secret where there is none, and overwrites none", () => {
    const step = stepOf(sync, world(1, { target: live({ kind: "absent" }, NOW), resource: resource() }));
    expect(step).toMatchObject({
      do: "applySecret",
      versionId: v1,
      over: undefined,
      dataHistory: [{ version: v1, time: NOW }],
    });
  });

  it("writes all keys of a new version at once, over the Secret that was judged", () => {
    const step = stepOf(sync, moved(target(1)));
    expect(step).toMatchObject({
      do: "applySecret",
      versionId: v2,
      over: { uid: "uid-secret", resourceVersion: "70" },
    });
    if (step?.do !== "applySecret") throw new Error("expected an apply");
    expect(step.data.includes(dataOf(JSON.parse(documentOf(2))))).toBe(true);
  });

  describe("a version that differs from the one before by a key that is gone", () => {
    const more = { ...JSON.parse(documentOf(2)), token: "planted" };
    const managedBy = (manager: string) => ({
      data: dataOf(more),
      dataManagers: [
        { manager: "rotated-secrets", keys: ["username", "password"] },
        { manager, keys: ["token"] },
      ],
    });
    const renamed = { version: v2, time: LONG_AGO };

    it("is a change, because pods hold that key", () => {
      const step = stepOf(sync, moved(target(1, managedBy("rotated-secrets"))));
      expect(step).toMatchObject({
        dataHistory: [
          { version: v1, time: LONG_AGO },
          { version: v2, time: NOW },
        ],
      });
    });

    it("is none where the key was somebody else's", () => {
      expect(stepOf(sync, moved(target(1, managedBy("jane"))))).toMatchObject({ dataHistory: [renamed] });
    });

    it("is judged on a live reading, which tells whose the key was", () => {
      const step = stepOf(sync, { ...moved(target(1)), target: cached(target(1, { data: dataOf(more) })) });
      expect(step).toEqual({ do: "refresh", facts: ["target"] });
    });
  });

  describe("a new version whose data somebody else has put there before", () => {
    const written = (theirs: number, ours: number) =>
      target(1, {
        data: dataOf(JSON.parse(documentOf(2))),
        dataManagers: [
          { manager: "rotated-secrets", time: ours, keys: ["username", "password"] },
          { manager: "jane", time: theirs, keys: ["password"] },
        ],
      });

    it("is a change, because pods may hold the data from before", () => {
      expect(stepOf(sync, moved(written(NOW - 1_000, LONG_AGO)))).toMatchObject({
        dataHistory: [
          { version: v1, time: LONG_AGO },
          { version: v2, time: NOW },
        ],
      });
    });

    it("is none where they wrote it before the operator's own last write, as before an adoption", () => {
      expect(stepOf(sync, moved(written(LONG_AGO, NOW - 1_000)))).toMatchObject({
        dataHistory: [{ version: v2, time: LONG_AGO }],
      });
    });

    it("is judged on a live reading, which tells who wrote it", () => {
      const { dataManagers: _, ...unread } = written(NOW, LONG_AGO);
      expect(stepOf(sync, { ...moved(target(1)), target: cached(unread) })).toEqual({
        do: "refresh",
        facts: ["target"],
      });
    });
  });

  it("reads the value when it has not got it", () => {
    expect(stepOf(sync, moved(target(1), { value: unknown }))).toEqual({ do: "refresh", facts: ["value"] });
  });

  it("does not write the value of a version without the label: it reads again", () => {
    const stale = moved(target(1), { value: reading(1) });
    expect(stepOf(sync, stale)).toEqual({ do: "refresh", facts: ["source"] });
    expect(stepOf(sync, { ...stale, source: live({ secret: secret(2) }, NOW) })).toMatchObject({
      do: "wait",
      reason: "AwaitingConsistentRead",
    });
  });

  it("believes in an older version only after two reads some seconds apart", () => {
    const back = (first: number, last: number) =>
      world(1, {
        target: cached(target(2)),
        versionCreatedAt: createdTimes(2),
        source: cached({ secret: secret(1, { currentRead: { first, last } }) }),
      });
    expect(stepOf(sync, back(NOW, NOW))).toMatchObject({
      do: "wait",
      reason: "ConfirmingOlderVersion",
      until: NOW + 5_000,
    });
    expect(stepOf(sync, back(NOW - 5_000, NOW - 5_000))).toEqual({ do: "refresh", facts: ["source"] });
    expect(stepOf(sync, back(NOW - 5_000, NOW))).toMatchObject({ do: "applySecret", versionId: v1 });
  });

  it.each([
    [0, 1_000],
    [4_000, 4_000],
    [3_600_000, 30_000],
  ])("asks a second time, which AWS has not answered for %d ms, again after %d", (lasted, delay) => {
    const first = NOW - 5_000 - lasted;
    const unanswered = secret(1, { currentRead: { first, last: first } });
    const step = stepOf(
      sync,
      world(1, {
        target: cached(target(2)),
        versionCreatedAt: createdTimes(2),
        source: live({ secret: unanswered }, NOW),
      }),
    );
    expect(step).toMatchObject({ reason: "ConfirmingOlderVersion", until: NOW + delay });
  });

  it.each([
    ["soon after the label has moved", NOW - 2_000, 2_000],
    ["seldom when that is long ago", LONG_AGO, 30_000],
  ])("reads a value that lags again %s", (_, first, delay) => {
    const reading1 = world(1).value;
    const old = reading1.kind === "unknown" ? unknown : live(reading1.value, NOW);
    const source = live({ secret: secret(2, { currentRead: { first, last: NOW } }) }, NOW);
    expect(stepOf(sync, moved(target(1), { value: old, source }))).toMatchObject({
      reason: "AwaitingConsistentRead",
      until: NOW + delay,
    });
  });

  it("leaves the Secret as it is where the API server refuses the write, and lets a rollout go on", () => {
    const refusals = [{ kind: "Secret", name: "db", why: "403 Forbidden" } as const];
    expect(stepOf(sync, moved(target(1), { refusals }))).toMatchObject({
      do: "wait",
      reason: "WriteRefused",
      endedBy: "person",
      afterwards: "go on",
      message: expect.stringContaining('Secret "db" (403 Forbidden)'),
    });
  });

  it("asks when the versions were made before it leaves the one that is held", () => {
    expect(stepOf(sync, moved(target(1), { versionCreatedAt: unknown }))).toEqual({
      do: "refresh",
      facts: ["versionCreatedAt"],
    });
  });

  it.each<[string, Partial<World>, string]>([
    ["a value that AWS denies", { value: live({ kind: "problem", problem: DENIED }, NOW) }, "AwsDenied"],
    [
      "a value that AWS does not give",
      { value: live({ kind: "problem", problem: { ...DENIED, kind: "unavailable" } }, NOW) },
      "AwsUnavailable",
    ],
    [
      "versions whose age AWS denies",
      { versionCreatedAt: live({ problem: { ...DENIED, operation: "ListSecretVersionIds" } }, NOW) },
      "AwsDenied",
    ],
    ["a document that no Secret can hold", { value: reading(2, '{"a b": "x"}') }, "DocumentInvalid"],
    [
      "a secret without a current version",
      { source: cached({ secret: secret(2, { stages: new Map() }) }) },
      "NoCurrentVersion",
    ],
  ])("leaves the Secret as it is for %s, and lets a rollout go on", (_, change, reason) => {
    expect(stepOf(sync, moved(target(1), change))).toMatchObject({ do: "wait", reason, afterwards: "go on" });
  });

  it.each([
    [1, "at once", NOW],
    [8, "8 s ago", NOW - 8_000],
    [30, "long ago", LONG_AGO],
  ])(
    "asks AWS again after %i s for a value that it did not give, of a version that it named %s",
    (seconds, _, first) => {
      const source = live({ secret: secret(2, { currentRead: { first, last: NOW } }) }, NOW);
      const problem = { ...DENIED, kind: "unavailable" } as const;
      const step = stepOf(sync, moved(target(1), { source, value: live({ kind: "problem", problem }, NOW) }));
      expect(step).toMatchObject({ do: "wait", reason: "AwsUnavailable", until: NOW + seconds * 1_000 });
    },
  );

  it("says nothing of a value in the message about a bad document", () => {
    const step = stepOf(sync, moved(target(1), { value: reading(2, '{"a b": "planted-secret"}') }));
    expect(JSON.stringify(step)).not.toContain("planted-secret");
  });

  describe("drift", () => {
    const edited = target(1, { data: dataOf({ username: "app", password: "edited" }) });

    it("is judged on a live reading, which tells who did it", () => {
      expect(stepOf(sync, world(1, { target: cached(edited) }))).toEqual({
        do: "refresh",
        facts: ["target"],
      });
    });

    it("is corrected, remembered, and told with the field manager's name", () => {
      const dataManagers = [
        { manager: "kubectl-edit", time: NOW - 3_000, keys: ["password"] },
        { manager: "rotated-secrets", time: LONG_AGO + 1_000, keys: ["username"] },
      ];
      const live1 = live({ ...edited, dataManagers }, NOW);
      const step = stepOf(sync, world(1, { target: live1 }));
      expect(step).toMatchObject({
        do: "applySecret",
        versionId: v1,
        dataHistory: [
          { version: v1, time: LONG_AGO },
          { version: "foreign", time: NOW - 3_000 },
          { version: v1, time: NOW },
        ],
      });
      expect(step).toMatchObject({
        notes: [{ reason: "DriftCorrected", message: expect.stringContaining('by "kubectl-edit" and') }],
      });
    });

    describe("over and over", () => {
      const dataHistory = [3, 2, 1].flatMap((minutes) => [
        { version: "foreign", time: NOW - minutes * 60_000 + 10_000 } as const,
        { version: v1, time: NOW - minutes * 60_000 + 30_000 },
      ]);
      const fought = {
        ...edited,
        dataHistory,
        dataManagers: [{ manager: "jane", time: NOW, keys: ["password"] }],
      };

      it("is not corrected at once, on a live reading that tells who did it", () => {
        expect(stepOf(sync, world(1, { target: cached(fought) }))).toEqual({
          do: "refresh",
          facts: ["target"],
        });
        expect(stepOf(sync, world(1, { target: live(fought, NOW) }))).toMatchObject({ reason: "DriftFight" });
      });

      it("does not keep a new version from the Secret", () => {
        expect(stepOf(sync, moved(fought))).toMatchObject({ do: "applySecret", versionId: v2 });
      });
    });

    const ours = [{ manager: "rotated-secrets", time: NOW, keys: ["username", "password"] }];
    const settled = { versionId: v1, writtenAt: new Date(LONG_AGO).toISOString() };
    const lost = (...marks: ("managedBy" | "ownerUid" | "versionId" | "dataHistory")[]): TargetSecret => {
      const { managedBy, ownerUid, versionId, dataHistory, ...rest } = target(1, { dataManagers: ours });
      const kept = Object.entries({ managedBy, ownerUid, versionId }).filter(
        ([mark]) => !marks.some((taken) => taken === mark),
      );
      return {
        ...rest,
        ...Object.fromEntries(kept),
        dataHistory: marks.includes("dataHistory") ? [] : dataHistory,
      };
    };

    it.each([
      ["the label", lost("managedBy")],
      ["the owner", lost("ownerUid")],
      ["the version", lost("versionId")],
      ["the writes", lost("dataHistory")],
      ["everything", lost("managedBy", "ownerUid", "versionId", "dataHistory")],
    ])("of %s is made good without a new entry in the Secret's memory", (_, held) => {
      const status = { currentVersion: v1, settled };
      const step = stepOf(sync, world(1, { target: live(held, NOW), resource: resource({}, status) }));
      expect(step).toMatchObject({
        do: "applySecret",
        versionId: v1,
        dataHistory: [{ version: v1, time: LONG_AGO }],
        notes: [{ reason: "DriftCorrected", message: expect.stringContaining("label or annotations") }],
      });
    });

    it("of foreign keys is removed by their names", () => {
      const extra = dataOf({ ...JSON.parse(documentOf(1)), extra: "x" });
      const managed = target(1, {
        data: extra,
        dataManagers: [{ manager: "kubectl-patch", keys: ["extra"] }],
      });
      expect(stepOf(sync, world(1, { target: cached(managed) }))).toEqual({
        do: "refresh",
        facts: ["target"],
      });
      const step = stepOf(sync, world(1, { target: live(managed, NOW) }));
      expect(step).toMatchObject({ do: "removeKeys", keys: ["extra"] });
      expect(step).toMatchObject({
        notes: [{ message: expect.stringContaining('"extra" (written by kubectl-patch)') }],
      });
    });

    it("of a Secret that was deleted is made good without forgetting what pods hold", () => {
      const step = stepOf(sync, world(1, { target: live({ kind: "absent" }, NOW) }));
      expect(step).toMatchObject({
        do: "applySecret",
        dataHistory: [{ version: v1, time: 0 }, { version: "absent" }, { version: v1, time: NOW }],
      });
    });
  });

  describe("a Secret with consent", () => {
    const foreign = (data = documentOf(1)) => {
      const {
        ownerUid: _owner,
        versionId: _version,
        ...rest
      } = target(1, { adopt: "db", dataHistory: [], data: dataOf(JSON.parse(data)) });
      return live(rest, NOW);
    };

    it("that has equal data is taken over as if it always had been", () => {
      expect(stepOf(sync, world(1, { target: foreign() }))).toMatchObject({
        do: "applySecret",
        dataHistory: [{ version: v1, time: 0 }],
      });
    });

    it("that has different data is changed, and older pods may hold anything", () => {
      expect(stepOf(sync, world(1, { target: foreign(documentOf(3)) }))).toMatchObject({
        do: "applySecret",
        dataHistory: [
          { version: "foreign", time: 0 },
          { version: v1, time: NOW },
        ],
      });
    });

    it("has its foreign keys named, and kept until the data changes", () => {
      const more = JSON.stringify({ ...JSON.parse(documentOf(1)), extra: "x" });
      const step = stepOf(sync, world(1, { target: foreign(more) }));
      expect(step).toMatchObject({
        notes: [
          { reason: "SecretAdopted" },
          { reason: "ForeignKeys", message: expect.stringContaining('"extra"') },
        ],
      });
      const adopted = target(1, { data: dataOf(JSON.parse(more)), dataHistory: [{ version: v1, time: 0 }] });
      expect(stepOf(sync, world(1, { target: cached(adopted) }))).toBeUndefined();
    });

    it("of a RotatedSecret that is gone goes to an older version after two reads only", () => {
      const left = target(2, { ownerUid: "uid-gone" });
      const source = cached({ secret: secret(1, { currentRead: { first: NOW, last: NOW } }) });
      expect(
        stepOf(sync, world(1, { target: live(left, NOW), versionCreatedAt: createdTimes(2), source })),
      ).toMatchObject({
        do: "wait",
        reason: "ConfirmingOlderVersion",
      });
    });

    it("of a RotatedSecret that is gone keeps its history", () => {
      const left = target(1, { ownerUid: "uid-gone" });
      expect(stepOf(sync, world(1, { target: live(left, NOW) }))).toMatchObject({
        do: "applySecret",
        dataHistory: [{ version: v1, time: LONG_AGO }],
      });
    });
  });

  it("knows no secret before AWS has told of it", () => {
    expect(stepOf(sync, world(1, { source: unknown }))).toBeUndefined();
  });
});
