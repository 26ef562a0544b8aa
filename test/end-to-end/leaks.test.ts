import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsClient } from "@rotated-secrets/sandbox/samples/database-secret";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readableTexts } from "../support/leak-evidence.ts";
import { formsOf, leaks, type Planted } from "../support/leak-search.ts";
import { allSecretValues } from "../support/secret-versions.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { NAMESPACE, PlantedScenes } from "./planted-scenes.ts";

let stage: Stage;
let client: SecretsManagerClient;
let planted: readonly Planted[];
let texts: ReadonlyMap<string, string>;

beforeAll(async () => {
  stage = await startStage({
    aws: { rotation: { retries: 0 } },
    node: { restartBackoff: { baseMs: 50, capMs: 50 } },
    // All that the operator could ever say.
    operator: { settings: { "log-level": "debug" } },
  });
  client = awsClient(stage);
  const scenes = new PlantedScenes(stage, client);
  await scenes.play();
  planted = [
    ...scenes.planted,
    { name: "the password of PostgreSQL's master", value: stage.postgres.master.password },
    { name: "the password of PostgreSQL's superuser", value: stage.postgres.superuser.password },
    ...(await allSecretValues(client)),
  ];
  texts = await readableTexts(stage);
}, 180_000);
afterAll(async () => {
  client?.destroy();
  await stage?.stop();
});

describe("no secret value of any version, and nothing made of one", () => {
  it("is in any log, event, status, metric or other object", () => {
    expect(leaks(texts, planted)).toEqual([]);
  });
});

describe("the search for secret values", () => {
  it("has read all that can be read", () => {
    const logsOfOperator = [...texts.keys()].filter((name) =>
      /logs\/rotated-secrets_.*operator\/\d+\.log$/.test(name),
    );
    expect(logsOfOperator.length).toBeGreaterThanOrEqual(2);
    expect([...texts.keys()]).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/kube-apiserver\.log$/),
        expect.stringMatching(/audit\.log$/),
        expect.stringMatching(/kube-controller-manager\.log$/),
        expect.stringMatching(/etcd\.log$/),
        expect.stringMatching(/lambda-rotator\.log$/),
        expect.stringMatching(/postgres\.log$/),
        "the cluster's objects",
        "metadata of the Secrets",
        "the operator's metrics",
      ]),
    );
  });

  it("reads logs in which something went wrong", () => {
    const all = [...texts.values()].join("\n");
    for (const trace of [
      "password authentication failed",
      "forbidden_clone",
      '"outcome":"failed"',
      "DriftCorrected",
      "SecretAdopted",
      "DocumentInvalid",
      "TemplateInvalid",
    ]) {
      expect(all).toContain(trace);
    }
  });

  it("finds values where they are: in the Secrets themselves", async () => {
    const secrets = await stage.kubectl("get", "secret", "leaks", "-n", NAMESPACE, "-o", "json");
    expect(leaks(new Map([["a Secret", secrets]]), planted)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^a Secret: prod\/leaks, version .*, password, base64 at offset 0$/),
        "a Secret: another member, base64 at offset 0",
      ]),
    );
  });

  it("finds every form that it knows, in the midst of a text", () => {
    const [first] = planted;
    if (first === undefined) throw new Error("nothing was planted");
    for (const { name, text } of formsOf(first.value)) {
      expect(leaks(new Map([["a log", `password=${text.toUpperCase()};`]]), [first])).toContain(
        `a log: ${first.name}, ${name}`,
      );
    }
    const inside = Buffer.from(`{"a":"${first.value}"}`).toString("base64");
    expect(leaks(new Map([["a log", inside]]), [first])).not.toEqual([]);
  });
});
