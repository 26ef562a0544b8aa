import { scaleOperator } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";
import { RESTARTED_ONCE, UNTOUCHED } from "./deployment-history.ts";
import { Scene, type StoredSecret } from "./scene.ts";

/** Drift is seen in the watch: it is corrected in less than this. */
const SOON_MS = 5_000;
/** Who changes things behind the operator's back, as the API server records it. */
const JANE = "--field-manager=jane";

let stage: Stage;
let aws: AwsSecrets;

beforeAll(async () => {
  stage = await startStage();
  aws = new AwsSecrets(stage);
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

describe.concurrent("a Secret that somebody changes is put right within seconds", () => {
  it("when its data was edited, and an event names who did it", async () => {
    const scene = await Scene.following(stage, aws, "edited");
    const before = await scene.secret();
    await edit(scene, { username: "mallory" });
    await putRight(scene, ({ data }) => expect(data).toEqual(before.data));
    await told(scene, "DriftCorrected", /had been changed by "jane" and carries version/);
  });

  it("when a key was added, and an event names the key and who did it", async () => {
    const scene = await Scene.following(stage, aws, "foreign-key");
    const before = await scene.secret();
    await edit(scene, { extra: "theirs" });
    await putRight(scene, ({ data }) => expect(data).toEqual(before.data));
    await told(scene, "ForeignKeysRemoved", /"extra" \(written by jane\)/);
  });

  it.each([
    ["the label", "label", ["app.kubernetes.io/managed-by-"]],
    ["the version", "annotate", ["rotatedsecrets.dev/version-id-"]],
    ["the owner", "annotate", ["rotatedsecrets.dev/owner-uid-"]],
    ["the memory of writes", "annotate", ["rotatedsecrets.dev/writes-"]],
    [
      "every annotation",
      "annotate",
      ["rotatedsecrets.dev/version-id-", "rotatedsecrets.dev/owner-uid-", "rotatedsecrets.dev/writes-"],
    ],
  ])("when %s was taken away, and nothing is restarted", async (what, command, removals) => {
    const scene = await Scene.following(stage, aws, `without-${what.replaceAll(" ", "-")}`);
    await scene.pastMargin();
    await scene.readBy(["env"]);
    const before = await scene.secret();
    await scene.kubectl(command, "secret", "db", ...removals);
    await putRight(scene, ({ metadata, data }) => {
      expect(data).toEqual(before.data);
      expect(metadata.labels).toEqual(before.metadata.labels);
      expect(metadata.annotations).toEqual(before.metadata.annotations);
    });
    await told(scene, "DriftCorrected", /label or annotations/);
    await scene.judgedAnew();
    expect(await scene.history("env")).toEqual(UNTOUCHED);
  });

  it("when it was deleted: it is made again with equal data, and its readers are not restarted", async () => {
    const scene = await Scene.following(stage, aws, "deleted");
    await scene.pastMargin();
    await scene.readBy(["env", "volume"]);
    const before = await scene.secret();
    await scene.kubectl("delete", "secret", "db");
    await putRight(scene, ({ data }) => expect(data).toEqual(before.data));
    await scene.judgedAnew();
    for (const name of ["env", "volume"]) expect(await scene.history(name)).toEqual(UNTOUCHED);
  });
});

describe("an adopted Secret", () => {
  it("has its foreign keys named, kept until the data changes, and removed then", async () => {
    const scene = await Scene.empty(stage, aws, "adopted-keys");
    const document = credential(1);
    await scene.kubectl(
      "create",
      "secret",
      "generic",
      "db",
      "--from-literal=extra=theirs",
      ...literals(document),
      JANE,
    );
    await scene.kubectl("annotate", "secret", "db", "rotatedsecrets.dev/adopt=db");
    const { versionId } = await aws.create(scene.secretId, document);
    await scene.follow();
    await scene.settled(versionId);
    await told(scene, "ForeignKeys", /"extra" \(written by jane\); they are kept until the data changes/);
    await scene.judgedAnew();
    expect(Object.keys((await scene.secret()).data ?? {})).toEqual(["extra", "password", "username"]);

    await scene.settled(await scene.change());
    expect(Object.keys((await scene.secret()).data ?? {})).toEqual(["password", "username"]);
    await told(scene, "ForeignKeysRemoved", /"extra" \(written by jane\)/);
  });
});

describe("data that somebody changed while the operator was away", () => {
  it("restarts once who may have taken it, started before or meanwhile, and nobody who starts afterwards", async () => {
    const scene = await Scene.following(stage, aws, "edited-meanwhile");
    const before = await scene.secret();
    await scene.readBy(["volume"]);
    await scaleOperator(stage, 0);
    try {
      await edit(scene, { username: "mallory" });
      await scene.readBy(["env"]);
    } finally {
      await scaleOperator(stage, 1);
    }
    await putRight(scene, ({ data }) => expect(data).toEqual(before.data), 30_000);
    await scene.pastMargin();
    await scene.readBy(["envFrom"]);
    await stage.condition(scene.namespace, "db", { type: "RolledOut", status: "True" });
    await scene.judgedAnew();
    for (const name of ["volume", "env"]) expect(await scene.history(name)).toEqual(RESTARTED_ONCE);
    expect(await scene.history("envfrom")).toEqual(UNTOUCHED);
  });
});

/** Changes data as a person with kubectl does. */
async function edit(scene: Scene, stringData: Readonly<Record<string, string>>): Promise<void> {
  await scene.kubectl("patch", "secret", "db", "--type=merge", "-p", JSON.stringify({ stringData }), JANE);
}

async function putRight(
  scene: Scene,
  holds: (secret: StoredSecret) => void,
  withinMs: number = SOON_MS,
): Promise<void> {
  const what = `the Secret of ${scene.namespace} is right again`;
  const probe = async () => {
    holds(await scene.secret());
    return true;
  };
  await eventually(what, probe, withinMs);
}

async function told({ namespace }: Scene, reason: string, message: RegExp): Promise<void> {
  await eventually(
    `an event ${reason} in ${namespace} like ${message}`,
    async () => (message.test((await stage.events(namespace, "db")).get(reason) ?? "") ? true : undefined),
    SOON_MS,
  );
}

function literals(document: object): readonly string[] {
  return Object.entries(document).map(([key, value]) => `--from-literal=${key}=${value}`);
}
