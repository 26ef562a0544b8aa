import { scaleOperator } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { rotatedSecret } from "../support/manifests.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";
import { RESTARTED_ONCE, UNTOUCHED } from "./deployment-history.ts";
import { Scene, type StoredSecret, textsOf } from "./scene.ts";

/** Drift is seen in the watch: it is corrected in less than this. */
const SOON_MS = 5_000;
/** The field manager of changes by others, as the API server records it. */
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

describe.concurrent("a Secret is what its spec makes of the document", () => {
  // Kubernetes' garbage collection is slow to begin with a new kind, so this is first.
  it("deleted with its resource where the policy is Delete, and left where it is Retain or the Secret was lent", async () => {
    const scene = await Scene.following(stage, aws, "deleted-with", { target: { deletionPolicy: "Delete" } });
    await scene.kubectl("create", "secret", "generic", "lent", ...literals(credential(1)));
    await scene.kubectl("annotate", "secret", "lent", "rotatedsecrets.dev/adopt=lent");
    const { secretId, namespace } = scene;
    await stage.apply(
      rotatedSecret(namespace, "kept", { secretId }),
      rotatedSecret(namespace, "lent", { secretId, target: { deletionPolicy: "Delete" } }),
    );
    for (const name of ["kept", "lent"])
      await stage.condition(namespace, name, { type: "Current", status: "True" });
    expect((await stage.condition(namespace, "lent", { type: "Ready" })).message).toContain(
      "not deleted with this",
    );

    await scene.patchResource({ target: { deletionPolicy: "Retain" } });
    await eventually("it has no owner", async () => (await ownersOf(scene)).length === 0 || undefined);
    await scene.patchResource({ target: { deletionPolicy: "Delete" } });
    await eventually(
      "it has its owner",
      async () => (await ownersOf(scene)).includes("RotatedSecret/db") || undefined,
    );

    await scene.kubectl("delete", "rsec", "--all");
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const isGone = async () => (await stage.api.find(`${path}/db`)) === undefined || undefined;
    await eventually("the Secret is deleted with its resource", isGone, 90_000);
    for (const name of ["kept", "lent"]) {
      const { metadata } = await stage.api.get<StoredSecret>(`${path}/${name}`);
      expect(metadata).toMatchObject({ labels: { "app.kubernetes.io/managed-by": "rotated-secrets" } });
      expect(metadata).not.toHaveProperty("ownerReferences");
    }
  });

  it("of its type, with renamed members and keys by template", async () => {
    const scene = await Scene.empty(stage, aws, "made-tls");
    const key = "planted-private-key";
    const { versionId } = await aws.create(scene.secretId, {
      certificate: "planted-certificate",
      key: Buffer.from(key).toString("base64"),
      chain: [{ pem: "planted-chain" }],
    });
    const target = {
      type: "kubernetes.io/tls",
      keys: { include: ["certificate"], rename: { certificate: "tls.crt" } },
      template: { "tls.key": "{{ key | base64decode }}", "ca.crt": "{{ chain.0.pem }}\n" },
    };
    await scene.follow({ target });
    await scene.settled(versionId);
    const made = await scene.secret();
    expect(made.type).toBe("kubernetes.io/tls");
    const texts = { "tls.crt": "planted-certificate", "tls.key": key, "ca.crt": "planted-chain\n" };
    expect(textsOf(made)).toEqual(texts);

    await edit(scene, { "tls.key": "theirs" });
    await putRight(scene, (secret) => expect(textsOf(secret)).toEqual(texts));
    await aws.put(scene.secretId, { certificate: "planted-certificate-2" });
    await stage.condition(scene.namespace, "db", {
      type: "Stalled",
      status: "True",
      reason: "TemplateInvalid",
    });
    expect(textsOf(await scene.secret())).toEqual(texts);
  });

  it("whose template is changed: one restart for each change of data, none for labels or an equal result", async () => {
    const scene = await Scene.following(stage, aws, "made-anew");
    await scene.readBy(["env", "volume"]);
    await scene.pastMargin();
    const versionId = (await scene.secret()).metadata.annotations?.["rotatedsecrets.dev/version-id"];
    const histories = async (restarts: number) => {
      await scene.judgedAnew();
      for (const name of ["env", "volume"])
        expect(await scene.history(name)).toEqual({ changes: restarts, rollouts: restarts });
    };

    await scene.patchResource({ target: { labels: { team: "a" }, annotations: { note: "b" } } });
    await histories(0);
    const { metadata } = await scene.secret();
    expect(metadata).toMatchObject({ labels: { team: "a" }, annotations: { note: "b" } });

    await scene.patchResource({ target: { labels: null, template: { URL: "app://{{ username }}" } } });
    await histories(1);
    expect(textsOf(await scene.secret())).toEqual({ ...credential(1), URL: "app://app1" });
    expect((await scene.secret()).metadata.labels).not.toHaveProperty("team");
    expect(await scene.templateText("env")).toMatch(new RegExp(`^${versionId}[.][0-9a-f]{10}$`));

    await scene.patchResource({ target: { template: { URL: "app://{{ username | trim }}" } } });
    await histories(1);
    await scene.patchResource({ target: { template: null } });
    await histories(2);
    expect(textsOf(await scene.secret())).toEqual(credential(1));
    expect(await scene.templateText("env")).toBe(versionId);
  });

  it.each<[string, object | string, Readonly<Record<string, string>>]>([
    [
      "numbers",
      '{"id":12345678901234567890,"big":1e400,"zero":-0,"one":1.0}',
      { id: "12345678901234567890", big: "1e400", zero: "-0", one: "1.0" },
    ],
    [
      "prototype",
      '{"__proto__":"planted-proto","constructor":"planted-constructor"}',
      JSON.parse('{"__proto__":"planted-proto","constructor":"planted-constructor"}'),
    ],
    [
      "unicode",
      '{"text":"pässwörd ☃ \\ud83d\\ude00","pair":["\\ud800"]}',
      { text: "pässwörd ☃ 😀", pair: '["\\ud800"]' },
    ],
    ["array", "[1, 2.0]", { value: "[1, 2.0]" }],
    ["bytes", Buffer.from("planted-bytes"), { value: "planted-bytes" }],
    ["largest", `{"a":"${"x".repeat(65_526)}"}`, { a: "x".repeat(65_526) }],
  ])("of an odd document: %s", async (name, document, texts) => {
    const scene = await Scene.empty(stage, aws, `odd-${name}`);
    const { versionId } = await aws.create(scene.secretId, document);
    await scene.follow();
    await scene.settled(versionId);
    expect(textsOf(await scene.secret())).toEqual(texts);
  });
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
  it("has its foreign keys named, and removed when its owner agrees", async () => {
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
    const { message } = await stage.condition(scene.namespace, "db", {
      type: "Stalled",
      reason: "TargetNotOwned",
    });
    expect(message).toMatch(
      /would be removed: "extra". To agree to that: kubectl annotate secret db -n \S+ \S+adopt-removes=extra$/,
    );
    expect(Object.keys((await scene.secret()).data ?? {})).toEqual(["extra", "password", "username"]);

    await scene.kubectl("annotate", "secret", "db", "rotatedsecrets.dev/adopt-removes=extra");
    await stage.condition(scene.namespace, "db", { type: "Current", status: "True" });
    await told(
      scene,
      "ForeignKeys",
      /"extra" \(written by jane\); they are removed, as its owner has agreed/,
    );
    expect((await scene.secret()).metadata.annotations).toMatchObject({
      "rotatedsecrets.dev/version-id": versionId,
    });
    expect(Object.keys((await scene.secret()).data ?? {})).toEqual(["password", "username"]);
    await told(scene, "ForeignKeysRemoved", /"extra" \(written by jane\)/);
  });
});

describe("data that somebody changed while the operator was away", () => {
  it("restarts once each pod that may have read it, started before or meanwhile, and no pod that starts afterwards", async () => {
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

async function ownersOf(scene: Scene): Promise<readonly string[]> {
  const { ownerReferences = [] } = (await scene.secret()).metadata;
  return ownerReferences.map(({ kind, name }) => `${kind}/${name}`);
}

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
