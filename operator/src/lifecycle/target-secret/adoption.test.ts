import { describe, expect, it } from "vitest";
import { live, unknown } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { dataOf, documentOf, NOW, resource, stepOf, target, world } from "../testing/world.ts";
import type { World } from "../world.ts";
import { ownership } from "./ownership.ts";
import { sync } from "./sync.ts";

/** A Secret of somebody else, with the data of version 1 and these keys. */
function theirs(change: Partial<PresentSecret> = {}, extra: Record<string, string> = {}): World["target"] {
  const { ownerUid: _owner, versionId: _version, documentForm: _form, managedBy: _by, ...rest } = target(1);
  const data = dataOf({ ...JSON.parse(documentOf(1)), ...extra });
  return live({ ...rest, dataHistory: [], data, ...change }, NOW);
}

const KEYS = { "server.secretkey": "planted", "admin.password": "planted" };
const otherOwners = [{ kind: "ExternalSecret", name: "db", isController: true }];

function judged(held: World["target"], change: Partial<World> = {}) {
  return stepOf(ownership, world(1, { target: held, resource: resource(), ...change }));
}

describe("the adoption of a Secret", () => {
  it.each<[string, World["target"], RegExp]>([
    [
      "that is not agreed",
      theirs(),
      /^Secret "db" exists and belongs to somebody else.*To hand it over: kubectl annotate secret db -n payments rotatedsecrets.dev\/adopt=db$/,
    ],
    [
      "that would remove keys",
      theirs({}, KEYS),
      /would be removed: "admin.password", "server.secretkey". To hand it over: .* rotatedsecrets.dev\/adopt=db rotatedsecrets.dev\/adopt-removes=admin.password,server.secretkey$/,
    ],
    [
      "that is agreed, but would remove keys",
      theirs({ adopt: "db" }, KEYS),
      /^Secret "db" has keys of others.*would be removed: .*To agree to that: kubectl annotate secret db -n payments rotatedsecrets.dev\/adopt-removes=admin/,
    ],
    [
      "that would remove a key besides those that may go",
      theirs({ adopt: "db", adoptRemoves: new Set(["admin.password"]) }, KEYS),
      /would be removed: "server.secretkey"/,
    ],
    [
      "of a deleted RotatedSecret with a key of others",
      theirs({ ownerUid: "uid-gone", dataManagers: [{ manager: "jane", keys: ["extra"] }] }, { extra: "x" }),
      /^Secret "db" has keys of others.*would be removed: "extra"/,
    ],
  ])("%s waits, and the message names the keys that would go", (_, held, message) => {
    expect(judged(held)).toMatchObject({
      reason: "TargetNotOwned",
      endedBy: "person",
      afterwards: "stop",
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(judged(held))).not.toContain("planted");
  });

  it.each<[string, World["target"]]>([
    ["without other keys", theirs({ adopt: "db" })],
    ["with keys that may go", theirs({ adopt: "db", adoptRemoves: new Set(Object.keys(KEYS)) }, KEYS)],
    [
      "of a deleted RotatedSecret, with keys of its own",
      theirs(
        { ownerUid: "uid-gone", dataManagers: [{ manager: "rotated-secrets", keys: ["extra"] }] },
        { extra: "x" },
      ),
    ],
  ])("goes on: one %s", (_, held) => {
    expect(judged(held)).toBeUndefined();
  });

  it.each<[string, Partial<PresentSecret>, RegExp]>([
    [
      "that another controller keeps",
      { metadata: { labels: {}, annotations: {}, owners: ["u"], hash: undefined, otherOwners } },
      /is controlled by ExternalSecret "db".*: kubectl delete externalsecret db -n payments --cascade=orphan$/,
    ],
    [
      "that goes with another object",
      {
        metadata: {
          labels: {},
          annotations: {},
          owners: ["u"],
          hash: undefined,
          otherOwners: [{ kind: "ConfigMap", name: "x", isController: false }],
        },
      },
      /is owned by ConfigMap "x"/,
    ],
  ])("is refused: one %s, whatever consent says", (_, change, message) => {
    expect(judged(theirs({ adopt: "db", ...change }))).toMatchObject({
      reason: "TargetControlled",
      message: expect.stringMatching(message),
    });
  });

  it("reads the value first, to know which keys would go, and does without it where AWS is away", () => {
    expect(judged(theirs(), { value: unknown })).toEqual({ do: "refresh", facts: ["value"] });
    const problem = { kind: "unavailable", operation: "BatchGetSecretValue", code: "Timeout" } as const;
    const away = { value: live({ kind: "problem", problem } as const, NOW) };
    expect(judged(theirs(), away)).toMatchObject({ reason: "TargetNotOwned" });
  });

  it.each([
    ["equal", theirs({ adopt: "db" })],
    ["different", theirs({ adopt: "db", data: dataOf({ username: "else", password: "else" }) })],
  ])("has an event with the same words for %s data", (_, held) => {
    expect(stepOf(sync, world(1, { target: held, resource: resource() }))).toMatchObject({
      notes: [
        {
          reason: "SecretAdopted",
          message: expect.stringMatching(/^Secret "db" was taken over and carries version \S+$/),
        },
      ],
    });
  });

  it("removes at once the keys that may go", () => {
    const adoptRemoves = new Set(Object.keys(KEYS));
    const taken = target(1, {
      data: dataOf({ ...JSON.parse(documentOf(1)), ...KEYS }),
      dataManagers: [{ manager: "argocd", keys: Object.keys(KEYS) }],
      dataHistory: [{ version: target(1).versionId ?? "foreign", time: 0 }],
    });
    expect(stepOf(sync, world(1, { target: live({ ...taken, adoptRemoves }, NOW) }))).toMatchObject({
      do: "removeKeys",
      keys: ["admin.password", "server.secretkey"],
    });
    expect(stepOf(sync, world(1, { target: live(taken, NOW) }))).toBeUndefined();
  });
});
