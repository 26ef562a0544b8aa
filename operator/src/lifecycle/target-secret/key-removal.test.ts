import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type { RotatedSecret } from "../../api/rotated-secret.ts";
import { live, unknown } from "../../ports/fact.ts";
import type { DataManager } from "../../ports/target-secrets.ts";
import type { KeyNeed } from "../../ports/workloads.ts";
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
import { sync } from "./sync.ts";

const WEB: KeyNeed = { key: "password", reader: "Deployment web" };
const OURS: DataManager = { manager: "rotated-secrets", keys: ["username", "password"] };

function consenting(text: string): RotatedSecret {
  return resource({}, { secretArn: ARN }, { "rotatedsecrets.dev/allow-key-removal": text });
}

function needs(...list: readonly KeyNeed[]): World["keyNeeds"] {
  return live({ kind: "needs", needs: list }, NOW);
}

/** Version 2 has this document. The Secret carries version 1, with username and password. */
function renamed(change: Partial<World> = {}, document = '{"username":"u","pass":"planted"}'): World {
  const value = {
    kind: "value",
    versionId: version(2),
    createdAt: NOW,
    value: new SecretValue(document),
  } as const;
  return world(2, {
    target: live(target(1, { dataManagers: [OURS] }), NOW),
    versionCreatedAt: createdTimes(2),
    value: live(value, NOW),
    ...change,
  });
}

describe("a key that a write would remove", () => {
  it("has its readers looked up first", () => {
    expect(stepOf(sync, renamed({ keyNeeds: unknown }))).toEqual({ do: "refresh", facts: ["keyNeeds"] });
  });

  it.each<[string, World["keyNeeds"]]>([
    ["no reader names", needs()],
    ["no reader names, while another key is needed", needs({ key: "username", reader: "Deployment web" })],
  ])("goes where %s it", (_, keyNeeds) => {
    expect(stepOf(sync, renamed({ keyNeeds }))).toMatchObject({ do: "applySecret", versionId: version(2) });
  });

  it("stays where a reader needs it, and the message names key, reader and the way out", () => {
    expect(stepOf(sync, renamed({ keyNeeds: needs(WEB) }))).toMatchObject({
      do: "wait",
      reason: "KeyInUse",
      endedBy: "person",
      afterwards: "go on",
      message: expect.stringMatching(
        /^Deployment web needs the key "password".* kubectl annotate rsec db -n payments --overwrite rotatedsecrets.dev\/allow-key-removal=password$/,
      ),
    });
  });

  it.each<[string, string, string]>([
    ["that names it", "other, password", "applySecret"],
    ["that names another", "username", "wait"],
    ["that is empty", "", "wait"],
  ])("and a consent %s", (_, text, step) => {
    expect(stepOf(sync, renamed({ keyNeeds: needs(WEB), resource: consenting(text) }))?.do).toBe(step);
  });

  it("stays where the operator may not see all readers", () => {
    const keyNeeds = live(
      { kind: "refused", why: 'list CronJobs and pods of namespace "payments"' } as const,
      NOW,
    );
    expect(stepOf(sync, renamed({ keyNeeds }))).toMatchObject({
      reason: "KeyInUse",
      message: expect.stringContaining("does not let it list CronJobs"),
    });
  });

  it("stays also where the spec, a null or a pin removes it", () => {
    const keyNeeds = needs(WEB);
    const excluding = resource({ target: { keys: { exclude: ["pass*"] } } }, { secretArn: ARN });
    const pinned = resource({ pin: { versionId: version(2) } }, { secretArn: ARN });
    for (const held of [
      renamed({ keyNeeds, resource: excluding }, documentOf(2)),
      renamed({ keyNeeds }, '{"username":"u","password":null}'),
      renamed({ keyNeeds, resource: pinned }),
    ])
      expect(stepOf(sync, held)).toMatchObject({ reason: "KeyInUse" });
  });

  it("of somebody else's is not removed by the write, and stays where a reader needs it", () => {
    const document = JSON.parse(documentOf(1));
    const extra = target(1, {
      data: dataOf({ ...document, extra: "x" }),
      dataManagers: [OURS, { manager: "jane", keys: ["extra"] }],
    });
    const keyNeeds = needs({ key: "extra", reader: "pod debug" });
    expect(stepOf(sync, world(1, { target: live(extra, NOW) }))).toMatchObject({ do: "removeKeys" });
    expect(stepOf(sync, world(1, { target: live(extra, NOW), keyNeeds }))).toMatchObject({
      reason: "KeyInUse",
      message: expect.stringContaining('pod debug needs the key "extra"'),
    });
    expect(stepOf(sync, renamed({ target: live(extra, NOW), keyNeeds }, documentOf(2)))).toMatchObject({
      do: "applySecret",
    });
  });

  it("is not named by more than five readers", () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ key: "password", reader: `Deployment web-${i}` }));
    const step = stepOf(sync, renamed({ keyNeeds: needs(...many) }));
    expect(step).toMatchObject({
      message: expect.stringContaining('web-4 needs the key "password" and 2 more'),
    });
  });

  it("shows no value", () => {
    const steps = [
      renamed({ keyNeeds: needs(WEB) }),
      renamed({}, '{"password":"planted",}'),
      renamed({}, '{"a b":"planted"}'),
    ];
    for (const held of steps) expect(JSON.stringify(stepOf(sync, held))).not.toContain("planted");
  });
});

describe("a document that cannot become the Secret's data", () => {
  it.each<[string, string, RegExp]>([
    [
      "whose form has changed",
      '{"password":"planted",}',
      /is not a JSON object.* kubectl annotate rsec db -n payments --overwrite rotatedsecrets.dev\/allow-key-removal=password,username$/,
    ],
    [
      "whose field name is not a key",
      '{"it\'s":"x"}',
      /kubectl patch rsec db -n payments --type merge -p '{"spec":{"target":{"keys":{"rename":{"it'\\''s":"it_s"}}}}}'$/,
    ],
    ["without a field", "{}", /the Secret would be empty. The Secret stays as it is: put a corrected value/],
  ])("%s gets a line that helps", (_, document, message) => {
    expect(stepOf(sync, renamed({}, document))).toMatchObject({
      reason: "DocumentInvalid",
      message: expect.stringMatching(message),
    });
  });
});
