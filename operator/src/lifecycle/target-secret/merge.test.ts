import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type { RotatedSecretSpec } from "../../api/rotated-secret.ts";
import { cached, live, unknown } from "../../ports/fact.ts";
import type { PresentSecret, TargetSecret } from "../../ports/target-secrets.ts";
import {
  ARN,
  createdTimes,
  dataOf,
  documentOf,
  NOW,
  resource,
  stepOf,
  target,
  version,
  world,
} from "../testing/world.ts";
import type { World } from "../world.ts";
import { ownership } from "./ownership.ts";
import { sync } from "./sync.ts";
import { wantedMetadata } from "./target-metadata.ts";

const MERGE: Partial<RotatedSecretSpec> = { target: { mode: "Merge" } };
const THEIRS = { "server.secretkey": "planted" };

/** A Secret of others with the operator's keys of version n, as it was written last. */
function merged(n: number, change: Partial<PresentSecret> = {}): PresentSecret {
  const { managedBy: _, ...rest } = target(n, {
    hasOwnLabel: true,
    data: dataOf({ ...JSON.parse(documentOf(n)), ...THEIRS }),
    dataManagers: [
      { manager: "rotated-secrets", keys: ["username", "password"] },
      { manager: "argocd", keys: Object.keys(THEIRS) },
    ],
  });
  return { ...rest, ...change };
}

function merging(n: number, held: TargetSecret, change: Partial<World> = {}): World {
  const target = live(held, NOW);
  return world(n, {
    target,
    resource: resource(MERGE, { secretArn: ARN }),
    versionCreatedAt: createdTimes(2),
    ...change,
  });
}

function valueOf(document: string): Partial<World> {
  const value = {
    kind: "value",
    versionId: version(2),
    createdAt: NOW,
    value: new SecretValue(document),
  } as const;
  return { value: live(value, NOW) };
}

describe("spec.target.mode Merge", () => {
  it("leaves keys of others alone, at rest and with a new version", () => {
    expect(stepOf(sync, merging(1, merged(1)))).toBeUndefined();
    const step = stepOf(sync, merging(2, merged(1)));
    expect(step).toMatchObject({ do: "applySecret", metadata: { leavesLabel: true } });
    expect(step?.do === "applySecret" && step.data.keys).toEqual(["password", "username"]);
  });

  it("takes over a Secret by consent, whatever other keys it has", () => {
    const { ownerUid: _owner, versionId: _version, hasOwnLabel: _label, ...rest } = merged(1);
    const found = { ...rest, dataHistory: [] };
    expect(stepOf(ownership, merging(1, found))).toMatchObject({
      reason: "TargetNotOwned",
      message: expect.stringMatching(
        /only the keys that the AWS secret makes are written. To hand it over: .*adopt=db$/,
      ),
    });
    const agreed = merging(1, { ...found, adopt: "db" });
    expect(stepOf(ownership, agreed)).toBeUndefined();
    expect(stepOf(sync, agreed)).toMatchObject({ do: "applySecret", notes: [{ reason: "SecretAdopted" }] });
  });

  it("does not create the Secret", () => {
    expect(stepOf(ownership, merging(1, { kind: "absent" }))).toMatchObject({ reason: "TargetMissing" });
    const unseen = resource(MERGE, { observedGeneration: -1 });
    expect(stepOf(ownership, world(1, { target: unknown, resource: unseen }))).toEqual({
      do: "refresh",
      facts: ["target"],
    });
  });

  it("accepts an owner that is not the controller, and refuses a controller", () => {
    const { ownerUid: _owner, ...rest } = merged(1, { adopt: "db" });
    const owned = (isController: boolean): TargetSecret => ({
      ...rest,
      metadata: { ...rest.metadata, otherOwners: [{ kind: "ArgoCD", name: "a", isController }] },
    });
    expect(stepOf(ownership, merging(1, owned(false)))).toBeUndefined();
    expect(stepOf(ownership, merging(1, owned(true)))).toMatchObject({ reason: "TargetControlled" });
  });

  it("keeps the form of the document by a live reading, which shows the operator's keys", () => {
    const { dataManagers: _, ...unread } = merged(1);
    const broken = valueOf('{"username":"u",}');
    expect(stepOf(sync, { ...merging(2, unread, broken), target: cached(unread) })).toEqual({
      do: "refresh",
      facts: ["target"],
    });
    expect(stepOf(sync, merging(2, merged(1), broken))).toMatchObject({
      reason: "DocumentInvalid",
      message: expect.stringMatching(
        /allow-key-removal=password,username$|allow-key-removal=username,password$/,
      ),
    });
  });

  it("still keeps a key of its own that a reader needs", () => {
    const keyNeeds = live(
      { kind: "needs", needs: [{ key: "password", reader: "Deployment web" }] } as const,
      NOW,
    );
    const renamed = merging(2, merged(1), { keyNeeds, ...valueOf('{"username":"u","pass":"p"}') });
    expect(stepOf(sync, renamed)).toMatchObject({ reason: "KeyInUse" });
  });
});

describe("the label app.kubernetes.io/managed-by", () => {
  it.each<[string, Partial<PresentSecret>, boolean]>([
    ["of a Helm chart is left alone", { managedBy: "Helm" }, true],
    ["is set where there is none", {}, false],
    ["is kept where it is the operator's", { managedBy: "rotated-secrets" }, false],
  ])("%s", (_, change, leaves) => {
    const { managedBy: _by, ...rest } = target(1);
    const held = { ...rest, ...change };
    expect(wantedMetadata(world(1), held).leavesLabel ?? false).toBe(leaves);
  });

  it("of others does not count as drift, once the Secret has the operator's own label", () => {
    const held = target(1, { managedBy: "Helm", hasOwnLabel: true });
    expect(stepOf(sync, world(1, { target: live(held, NOW) }))).toBeUndefined();
    const { hasOwnLabel: _, ...without } = held;
    expect(stepOf(sync, world(1, { target: live(without, NOW) }))).toMatchObject({
      do: "applySecret",
      metadata: { leavesLabel: true },
    });
  });
});
