import { describe, expect, it } from "vitest";
import { metadataHash } from "../../api/resolved-target.ts";
import type { RotatedSecretSpec } from "../../api/rotated-secret.ts";
import { cached, live } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { conditionsOf } from "../report/conditions.ts";
import { ARN, decided, LONG_AGO, NOW, resource, stepOf, target, version, world } from "../testing/world.ts";
import type { World } from "../world.ts";
import { sync } from "./sync.ts";

const v1 = version(1);
const LABELS = { labels: { team: "a" }, annotations: {}, deletedWithOwner: false };
const OWNED = { labels: {}, annotations: {}, deletedWithOwner: true };

/** A world at rest except for the metadata: that of the spec, and that of the Secret. */
function worldWith(
  spec: NonNullable<RotatedSecretSpec["target"]>,
  has: Partial<PresentSecret["metadata"]> = {},
  change: Partial<PresentSecret> = {},
): World {
  const metadata = { labels: {}, annotations: {}, owners: [], hash: undefined, ...has };
  const settled = { versionId: v1, writtenAt: new Date(LONG_AGO).toISOString() };
  return world(1, {
    resource: resource({ target: spec }, { secretArn: ARN, settled }),
    target: live(target(1, { metadata, ...change }), NOW),
  });
}

describe("a Secret has the metadata that its spec asks for: nothing is written", () => {
  it.each<[string, World]>([
    ["nothing is asked for", worldWith({})],
    [
      "nothing is asked for, and others have set something",
      worldWith({}, { labels: { theirs: "x" }, owners: ["x"] }),
    ],
    [
      "labels are there, next to those of others",
      worldWith(
        { labels: { team: "a" } },
        { labels: { team: "a", theirs: "x" }, hash: metadataHash(LABELS) },
      ),
    ],
    [
      "it is owned",
      worldWith({ deletionPolicy: "Delete" }, { owners: ["uid-db"], hash: metadataHash(OWNED) }),
    ],
    [
      "it was adopted and still has its owner's consent, which does not cover its deletion",
      worldWith({ deletionPolicy: "Delete" }, {}, { adopt: "db" }),
    ],
  ])("%s", (_, theWorld) => {
    expect(stepOf(sync, theWorld)).toBeUndefined();
  });
});

describe("a Secret has not the metadata that its spec asks for: it is written, with equal data and no new entry in its memory", () => {
  it.each<[string, World, string]>([
    ["labels are new", worldWith({ labels: { team: "a" } }), "SecretUpdated"],
    [
      "a label has changed",
      worldWith({ labels: { team: "b" } }, { labels: { team: "a" }, hash: "x" }),
      "SecretUpdated",
    ],
    [
      "a label is not asked for any more",
      worldWith({}, { labels: { team: "a" }, hash: metadataHash(LABELS) }),
      "SecretUpdated",
    ],
    [
      "somebody took a label away",
      worldWith({ labels: { team: "a" } }, { hash: metadataHash(LABELS) }),
      "DriftCorrected",
    ],
    [
      "somebody changed a label",
      worldWith({ labels: { team: "a" } }, { labels: { team: "z" }, hash: metadataHash(LABELS) }),
      "DriftCorrected",
    ],
    ["it is to be owned", worldWith({ deletionPolicy: "Delete" }), "SecretUpdated"],
    [
      "somebody took the owner away",
      worldWith({ deletionPolicy: "Delete" }, { hash: metadataHash(OWNED) }),
      "DriftCorrected",
    ],
    [
      "it is not to be owned any more",
      worldWith({}, { owners: ["uid-db"], hash: metadataHash(OWNED) }),
      "SecretUpdated",
    ],
    [
      "its former owner says that it was only lent",
      worldWith(
        { deletionPolicy: "Delete" },
        { owners: ["uid-db"], hash: metadataHash(OWNED) },
        { adopt: "db" },
      ),
      "SecretUpdated",
    ],
  ])("%s", (_, theWorld, reason) => {
    expect(stepOf(sync, theWorld)).toMatchObject({
      do: "applySecret",
      versionId: v1,
      dataHistory: [{ version: v1, time: LONG_AGO }],
      notes: [{ reason }],
    });
  });

  it("is judged on a live reading", () => {
    const theWorld = worldWith({ labels: { team: "a" } });
    const seen = theWorld.target.kind === "live" ? cached(theWorld.target.value) : theWorld.target;
    expect(stepOf(sync, { ...theWorld, target: seen })).toEqual({ do: "refresh", facts: ["target"] });
  });
});

describe("the write", () => {
  const written = (theWorld: World) => {
    const step = stepOf(sync, theWorld);
    return step?.do === "applySecret" ? step.metadata : undefined;
  };

  it("is all that the spec asks for, with its hash", () => {
    const spec = { labels: { team: "a" }, annotations: { note: "b" }, deletionPolicy: "Delete" } as const;
    const wanted = { labels: spec.labels, annotations: spec.annotations, deletedWithOwner: true };
    expect(written(worldWith(spec))).toEqual({ ...wanted, hash: metadataHash(wanted) });
    const absent = world(1, { resource: resource({ target: spec }), target: live({ kind: "absent" }, NOW) });
    expect(written(absent)).toMatchObject({ deletedWithOwner: true });
  });

  it("makes no owner of somebody whose consent was to less", () => {
    const lent = worldWith({ labels: { team: "a" }, deletionPolicy: "Delete" }, {}, { adopt: "db" });
    expect(written(lent)).toMatchObject({ labels: { team: "a" }, deletedWithOwner: false });
  });

  it("and Ready tells so", () => {
    const ready = (theWorld: World) =>
      conditionsOf(theWorld, decided(), { underway: undefined, history: [] }).find(
        ({ type }) => type === "Ready",
      )?.message;
    expect(ready(worldWith({ deletionPolicy: "Delete" }, {}, { adopt: "db" }))).toContain(
      "until its owner takes the annotation rotatedsecrets.dev/adopt away",
    );
    expect(ready(worldWith({ deletionPolicy: "Delete" }))).not.toContain("adopt");
    expect(ready(worldWith({}, {}, { adopt: "db" }))).not.toContain("adopt");
  });
});
