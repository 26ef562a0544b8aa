import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { ENGINE_TAG, FIELD_TAG } from "@rotated-secrets/contract/annotations";
import { startTestEmulator, type TestEmulator } from "@rotated-secrets/sandbox/aws/test-emulator";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MASTER_ARN, TestDatabase } from "./testing/test-database.ts";

const TIMEOUT_MS = 30_000;
/** Reads show a write with a delay. */
const LAG = { timeout: 5_000 };

let database: TestDatabase;
let emulator: TestEmulator;
let lambda: { readonly arn: string; readonly logPath: string };
let client: SecretsManager;

beforeAll(async () => {
  [database, emulator] = await Promise.all([
    TestDatabase.start(),
    startTestEmulator({ latencyMs: 2, readLagMs: 300, rotation: { retries: 0 } }),
  ]);
  const bundle = join(emulator.dir, "rotator.mjs");
  writeFileSync(
    bundle,
    `export { handler } from ${JSON.stringify(join(import.meta.dirname, "rotator.ts"))};\n`,
  );
  const environment = { ROTATED_SECRETS_CA_FILE: database.server.caPath };
  lambda = await emulator.aws.deployFunction({ name: "rotator", bundle, handler: "handler", environment });
  client = emulator.client("admin");
}, TIMEOUT_MS);

afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
  await database.stop();
}, TIMEOUT_MS);

async function createSecret(
  name: string,
  value: string,
  tags: Readonly<Record<string, string>> = {},
): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { ARN } = await client.createSecret({ Name: name, SecretString: value, Tags });
  if (ARN === undefined) throw new Error("no ARN");
  return ARN;
}

/** Rotates and waits for the end. Returns the outcome and the lines in the function's log. */
async function rotate(arn: string) {
  const before = logLines(arn).length;
  await client.rotateSecret({
    SecretId: arn,
    RotationLambdaARN: lambda.arn,
    RotationRules: { AutomaticallyAfterDays: 30 },
  });
  const isOver = () => emulator.aws.rotations.filter((rotation) => rotation.arn === arn).at(-1)?.outcome;
  const outcome = await vi.waitUntil(isOver, { timeout: TIMEOUT_MS });
  return { outcome, lines: logLines(arn).slice(before) };
}

/** The function's log lines about the secret. */
function logLines(arn: string): readonly Record<string, unknown>[] {
  return allLines().filter(({ secretArn }) => secretArn === arn);
}

function allLines(): readonly Record<string, unknown>[] {
  if (!existsSync(lambda.logPath)) return [];
  const lines = readFileSync(lambda.logPath, "utf8").split("\n");
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

async function currentValue(arn: string): Promise<string> {
  return (await client.getSecretValue({ SecretId: arn })).SecretString ?? "";
}

describe.concurrent("the function, called by Secrets Manager,", () => {
  let masterarn: string;
  beforeAll(async () => {
    masterarn = await createSecret("master", database.masterDocument());
  });

  it(
    "rotates a secret there and back, and logs each step without a value",
    async () => {
      const document = JSON.parse(await database.applicationUser("app"));
      const arn = await createSecret("app", JSON.stringify({ ...document, masterarn }));
      for (const username of ["app_clone", "app"]) {
        const { outcome, lines } = await rotate(arn);
        expect(outcome).toBe("succeeded");
        expect(lines.map((line) => [line["step"], line["outcome"], line["secretArn"]])).toEqual(
          ["createSecret", "setSecret", "testSecret", "finishSecret"].map((step) => [step, "done", arn]),
        );
        for (const line of lines) {
          expect(line).toMatchObject({
            requestId: expect.any(String),
            versionId: expect.any(String),
            durationMs: expect.any(Number),
            failures: 0,
            _aws: { CloudWatchMetrics: [{ Dimensions: [["functionName"], ["functionName", "step"]] }] },
          });
        }
        await vi.waitFor(
          async () => expect(JSON.parse(await currentValue(arn)).username).toBe(username),
          LAG,
        );
        const current = await currentValue(arn);
        await database.query(current, "SELECT 1");
        expect(readFileSync(lambda.logPath, "utf8")).not.toContain(JSON.parse(current).password);
      }
      for (const { token } of emulator.aws.rotations.filter((rotation) => rotation.arn === arn))
        expect(readFileSync(lambda.logPath, "utf8")).toContain(token);
    },
    TIMEOUT_MS,
  );

  it(
    "rotates a user without a master, and warns of the gap",
    async () => {
      const arn = await createSecret(
        "single",
        await database.applicationUser("single", { masterarn: undefined }),
      );
      const { outcome, lines } = await rotate(arn);
      expect(outcome).toBe("succeeded");
      expect(lines.filter((line) => line["level"] === "warn")).toEqual([
        expect.objectContaining({
          step: "setSecret",
          message: expect.stringContaining("cannot be valid twice"),
        }),
      ]);
      await vi.waitFor(async () => database.query(await currentValue(arn), "SELECT 1"), LAG);
    },
    TIMEOUT_MS,
  );

  it(
    "rotates a random value chosen by the secret's tags",
    async () => {
      const arn = await createSecret("signing", '{"alg":"HS256","key":"old"}', {
        [ENGINE_TAG]: "generated",
        [FIELD_TAG]: "key",
      });
      expect((await rotate(arn)).outcome).toBe("succeeded");
      await vi.waitFor(
        async () =>
          expect(JSON.parse(await currentValue(arn))).toEqual({
            alg: "HS256",
            key: expect.stringMatching(/^.{32}$/),
          }),
        LAG,
      );
    },
    TIMEOUT_MS,
  );

  it.each<[string, object, string, RegExp]>([
    [
      "the database is down",
      { port: 9 },
      "setSecret",
      /Could not log in \(127\.0\.0\.1:9.*could not be reached/,
    ],
    [
      "the master's secret does not exist",
      { masterarn: MASTER_ARN },
      "setSecret",
      /in "masterarn" does not exist/,
    ],
    [
      "the document names an unknown engine",
      { engine: "sybase" },
      "createSecret",
      /Set the field to "postgres"/,
    ],
  ])(
    "fails if %s, and its log says what to do",
    async (why, fields, step, message) => {
      const name = why.replaceAll(/[^a-z]/g, "_").slice(0, 40);
      const document = JSON.parse(await database.applicationUser(name));
      const arn = await createSecret(name, JSON.stringify({ ...document, masterarn, ...fields }));
      const { outcome, lines } = await rotate(arn);
      expect(outcome).toBe("failed");
      expect(lines.at(-1)).toMatchObject({
        level: "error",
        step,
        outcome: "failed",
        message: expect.stringMatching(message),
      });
      await database.query(JSON.stringify(document), "SELECT 1");
    },
    TIMEOUT_MS,
  );

  it(
    "fails if AWS denies a call, and reports only the code",
    async () => {
      const document = JSON.parse(await database.applicationUser("denied"));
      const arn = await createSecret("denied", JSON.stringify({ ...document, masterarn }));
      const end = emulator.aws.fail(
        { operation: "PutSecretValue", secretId: arn },
        { code: "AccessDeniedException", message: "User: arn:aws:sts::1:planted is not authorized" },
      );
      const { outcome, lines } = await rotate(arn);
      end();
      expect(outcome).toBe("failed");
      expect(lines.at(-1)).toMatchObject({
        reason: "aws",
        message: expect.stringMatching(/PutSecretValue.*AccessDenied/),
      });
      expect(JSON.stringify(lines)).not.toContain("planted");
    },
    TIMEOUT_MS,
  );
});

describe("the function, called with another event,", () => {
  it.each<[unknown, string]>([
    [{}, "Step, SecretId, ClientRequestToken"],
    ["planted", "the event"],
    [
      { Step: "planted", SecretId: "planted", RotationToken: "planted" },
      "Step, SecretId, ClientRequestToken",
    ],
    [{ Step: "setSecret", SecretId: MASTER_ARN, ClientRequestToken: "planted" }, "ClientRequestToken"],
  ])("refuses %j, and its log names the invalid fields without their values", async (event, wrong) => {
    const message = `not a rotation event (invalid: ${wrong})`;
    const before = allLines().length;
    expect(await emulator.aws.invoke(lambda.arn, event)).toMatchObject({
      functionError: "Unhandled",
      payload: { errorMessage: expect.stringContaining(message) },
    });
    const line = await vi.waitUntil(() => allLines()[before], LAG);
    expect(line).toMatchObject({
      level: "error",
      outcome: "failed",
      reason: "settings",
      requestId: expect.any(String),
      message: expect.stringContaining(message),
      failures: 1,
      _aws: { CloudWatchMetrics: [{ Dimensions: [["functionName"], ["functionName", "reason"]] }] },
    });
    expect(readFileSync(lambda.logPath, "utf8")).not.toContain("planted");
  });
});
