import { randomUUID } from "node:crypto";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../test-emulator.ts";

let emulator: TestEmulator;
let client: SecretsManager;

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = emulator.client();
});
afterAll(() => emulator[Symbol.asyncDispose]());

type Write = readonly [operation: string, call: (SecretId: string, version: string) => Promise<unknown>];

const VALUE_WRITES: readonly Write[] = [
  ["PutSecretValue", (SecretId) => client.putSecretValue({ SecretId, SecretString: "x" })],
  ["UpdateSecret", (SecretId) => client.updateSecret({ SecretId, Description: "x" })],
  ["DeleteSecret", (SecretId) => client.deleteSecret({ SecretId })],
];
const OTHER_WRITES: readonly Write[] = [
  [
    "a forced DeleteSecret",
    (SecretId) => client.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true }),
  ],
  ["RestoreSecret", (SecretId) => client.restoreSecret({ SecretId })],
  ["RotateSecret", (SecretId) => client.rotateSecret({ SecretId })],
  ["CancelRotateSecret", (SecretId) => client.cancelRotateSecret({ SecretId })],
  ["TagResource", (SecretId) => client.tagResource({ SecretId, Tags: [{ Key: "a", Value: "b" }] })],
  ["UntagResource", (SecretId) => client.untagResource({ SecretId, TagKeys: ["a"] })],
  [
    "UpdateSecretVersionStage",
    (SecretId, MoveToVersionId) =>
      client.updateSecretVersionStage({ SecretId, VersionStage: "mine", MoveToVersionId }),
  ],
];

describe("a replica", () => {
  const versionId = randomUUID();
  let SecretId: string;
  beforeAll(() => {
    SecretId = emulator.aws.placeSecret({
      name: "copied",
      value: "one",
      versionId,
      origin: { kind: "replica", primaryRegion: "us-east-1" },
    });
  });

  it.each([...VALUE_WRITES, ...OTHER_WRITES])("refuses %s", async (_operation, call) => {
    await expect(call(SecretId, versionId)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    });
  });

  it("is read like any other secret, and shows the region of its original", async () => {
    expect((await client.getSecretValue({ SecretId: "copied" })).SecretString).toBe("one");
    expect(await client.describeSecret({ SecretId })).toMatchObject({
      Name: "copied",
      PrimaryRegion: "us-east-1",
    });
    const Filters = [{ Key: "primary-region" as const, Values: ["us-east-1"] }];
    const { SecretList } = await client.listSecrets({ Filters });
    expect(SecretList?.map((secret) => secret.ARN)).toEqual([SecretId]);
  });
});

describe("a secret that RDS manages", () => {
  const document = { username: "master", password: "first" };
  let versionId: string;
  let SecretId: string;
  beforeAll(() => {
    versionId = randomUUID();
    SecretId = emulator.aws.placeSecret({
      name: "rds!db-0a1b2c",
      value: JSON.stringify(document),
      versionId,
      origin: { kind: "managed", service: "rds" },
    });
  });

  it("is rotated without a function, on a schedule", async () => {
    const described = await client.describeSecret({ SecretId });
    expect(described).toMatchObject({
      OwningService: "rds",
      RotationEnabled: true,
      RotationRules: { AutomaticallyAfterDays: 7 },
    });
    expect(described.RotationLambdaARN).toBeUndefined();
    expect(described.NextRotationDate).toBeInstanceOf(Date);
  });

  it.each(VALUE_WRITES)("refuses %s", async (_operation, call) => {
    await expect(call(SecretId, versionId)).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  it("gets a new password from its service on RotateSecret, and keeps its user", async () => {
    const { VersionId } = await client.rotateSecret({ SecretId });
    await expect.poll(() => emulator.aws.rotations.at(-1)?.outcome).toBe("succeeded");
    const value = await client.getSecretValue({ SecretId });
    expect(value).toMatchObject({ VersionId, VersionStages: ["AWSCURRENT"] });
    const after: unknown = JSON.parse(value.SecretString ?? "");
    expect(after).toMatchObject({ username: "master", password: expect.not.stringMatching("first") });
    expect((await client.describeSecret({ SecretId })).VersionIdsToStages?.[versionId]).toEqual([
      "AWSPREVIOUS",
    ]);
  });

  it("is found by the filter owning-service", async () => {
    const Filters = [{ Key: "owning-service" as const, Values: ["rds"] }];
    const { SecretList } = await client.listSecrets({ Filters });
    expect(SecretList?.map((secret) => secret.ARN)).toEqual([SecretId]);
  });
});
