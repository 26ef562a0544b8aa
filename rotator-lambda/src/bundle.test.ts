import { ENGINE_TAG } from "@rotated-secrets/contract/annotations";
import { startTestEmulator, type TestEmulator } from "@rotated-secrets/sandbox/aws/test-emulator";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ObservedFunction } from "./testing/observed-function.ts";
import { TestDatabase } from "./testing/test-database.ts";

const TIMEOUT_MS = 60_000;
const PG = /node_modules\/pg\//;
const POSTGRES = /engines\/postgres\//;
const RANDOM_VALUE = /engines\/random-value\//;
const WORDS = /bip39\/wordlists\//;

let bundle: string;
let database: TestDatabase;
let emulator: TestEmulator;
beforeAll(async () => {
  [{ rotator: bundle }, database, emulator] = await Promise.all([
    bundles(),
    TestDatabase.start(),
    startTestEmulator({ rotation: { retries: 0 } }),
  ]);
}, TIMEOUT_MS);
afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
  await database.stop();
}, TIMEOUT_MS);

describe("the bundle", () => {
  it.each([
    ["generated", {}, [RANDOM_VALUE], [PG, POSTGRES, WORDS]],
    ["generated", { ROTATED_SECRETS_PASSWORD_WORDS: "6" }, [RANDOM_VALUE, WORDS], [PG, POSTGRES]],
    ["postgres", {}, [PG, POSTGRES], [RANDOM_VALUE, WORDS]],
  ])("loads for %s with %j only the parts that it needs", async (engine, settings, used, unused) => {
    const name = `${engine}-${Object.keys(settings).length}`;
    const environment = { ...settings, ROTATED_SECRETS_CA_FILE: database.server.caPath };
    const observed = await ObservedFunction.deploy(emulator, {
      name,
      bundle,
      environment,
      withParts: true,
    });
    const isGenerated = engine === "generated";
    const value = isGenerated ? "old" : await database.applicationUser("app", { masterarn: undefined });
    const tags = isGenerated ? [{ Key: ENGINE_TAG, Value: engine }] : [];
    const secret = { Name: name, SecretString: value, Tags: tags };
    const { ARN = "" } = await emulator.client("admin").createSecret(secret);
    const { parts } = await observed.rotate(ARN);
    for (const pattern of used) expect(parts, String(pattern)).toContainEqual(expect.stringMatching(pattern));
    for (const pattern of unused) expect(parts.filter((part) => pattern.test(part))).toEqual([]);
  });
});
