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

/** Creates a secret with the value `one`. Its name is its id. */
async function secretWithOne(): Promise<{ SecretId: string; one: string }> {
  const created = await client.createSecret({ Name: randomUUID(), SecretString: "one" });
  return { SecretId: created.Name ?? "", one: created.VersionId ?? "" };
}

async function stages(SecretId: string) {
  const { VersionIdsToStages } = await client.describeSecret({ SecretId });
  return VersionIdsToStages;
}

describe("values", () => {
  it("are returned as they were put, text or bytes", async () => {
    const { SecretId, one } = await secretWithOne();
    const text = await client.getSecretValue({ SecretId });
    expect(text).toMatchObject({
      Name: SecretId,
      SecretString: "one",
      VersionId: one,
      VersionStages: ["AWSCURRENT"],
    });
    expect(text.CreatedDate).toBeInstanceOf(Date);
    expect(text.SecretBinary).toBeUndefined();

    const bytes = new Uint8Array([0, 1, 2, 255]);
    await client.putSecretValue({ SecretId, SecretBinary: bytes });
    const binary = await client.getSecretValue({ SecretId });
    expect(Buffer.from(binary.SecretBinary ?? [])).toEqual(Buffer.from(bytes));
    expect(binary.SecretString).toBeUndefined();
  });

  it("are found by name, ARN, ARN without its random end, version and label", async () => {
    const { SecretId, one } = await secretWithOne();
    const { ARN = "" } = await client.describeSecret({ SecretId });
    for (const request of [
      { SecretId: ARN },
      { SecretId: ARN.slice(0, -7) },
      { SecretId, VersionId: one },
      { SecretId, VersionStage: "AWSCURRENT" },
      { SecretId, VersionId: one, VersionStage: "AWSCURRENT" },
    ]) {
      expect(await client.getSecretValue(request)).toMatchObject({ ARN, SecretString: "one" });
    }
  });

  it("may have 65,536 bytes", async () => {
    const { SecretId } = await secretWithOne();
    const SecretString = "ä".repeat(32_768);
    await client.putSecretValue({ SecretId, SecretString });
    expect((await client.getSecretValue({ SecretId })).SecretString).toBe(SecretString);
  });

  it("are missing in a secret created without one; the first one becomes AWSCURRENT", async () => {
    const { Name: SecretId, VersionId } = await client.createSecret({ Name: randomUUID() });
    expect(VersionId).toBeUndefined();
    expect(await stages(SecretId ?? "")).toBeUndefined();
    const put = await client.putSecretValue({ SecretId, SecretString: "x", VersionStages: ["MINE"] });
    expect(put.VersionStages).toEqual(["AWSCURRENT", "MINE"]);
  });
});

describe("a ClientRequestToken", () => {
  const token = randomUUID();

  it("creates one version for any number of requests with the same value", async () => {
    const { SecretId, one } = await secretWithOne();
    const put = { SecretId, SecretString: "two", ClientRequestToken: token };
    const first = await client.putSecretValue(put);
    const second = await client.putSecretValue(put);
    expect(first.VersionId).toBe(token);
    expect(second).toMatchObject({ VersionId: token, VersionStages: ["AWSCURRENT"] });
    expect(await stages(SecretId)).toEqual({ [one]: ["AWSPREVIOUS"], [token]: ["AWSCURRENT"] });
  });

  it("refuses another value", async () => {
    const { SecretId, one } = await secretWithOne();
    const error = await client
      .putSecretValue({ SecretId, SecretString: "two", ClientRequestToken: one })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "ResourceExistsException", $metadata: { httpStatusCode: 400 } });
    expect(String(error)).toContain(
      `You can't use ClientRequestToken ${one} because that value is already in use`,
    );
  });

  it("makes CreateSecret repeatable", async () => {
    const create = { Name: randomUUID(), SecretString: "one", ClientRequestToken: token };
    const first = await client.createSecret(create);
    expect(await client.createSecret(create)).toMatchObject({ ARN: first.ARN, VersionId: token });
    await expect(client.createSecret({ ...create, SecretString: "two" })).rejects.toThrow(
      `The operation failed because the secret ${create.Name} already exists.`,
    );
  });
});

describe("staging labels", () => {
  it("move with each value: AWSPREVIOUS follows AWSCURRENT, and the oldest is deprecated", async () => {
    const { SecretId, one } = await secretWithOne();
    const { VersionId: two = "" } = await client.putSecretValue({ SecretId, SecretString: "two" });
    const { VersionId: three = "" } = await client.updateSecret({ SecretId, SecretString: "three" });
    expect(await stages(SecretId)).toEqual({ [two]: ["AWSPREVIOUS"], [three]: ["AWSCURRENT"] });
    const labelled = await client.listSecretVersionIds({ SecretId });
    expect(labelled.Versions?.map((version) => version.VersionId)).toHaveLength(2);
    const all = await client.listSecretVersionIds({ SecretId, IncludeDeprecated: true });
    const deprecated = all.Versions?.find((version) => version.VersionId === one);
    expect(deprecated).toMatchObject({ KmsKeyIds: ["DefaultEncryptionKey"] });
    expect(deprecated?.VersionStages).toBeUndefined();
    expect(deprecated?.CreatedDate).toBeInstanceOf(Date);
  });

  it("are moved by UpdateSecretVersionStage, also back", async () => {
    const { SecretId, one } = await secretWithOne();
    const put = await client.putSecretValue({ SecretId, SecretString: "two", VersionStages: ["AWSPENDING"] });
    const two = put.VersionId ?? "";
    const move = { SecretId, VersionStage: "AWSCURRENT" };
    await client.updateSecretVersionStage({ ...move, MoveToVersionId: two, RemoveFromVersionId: one });
    expect(await stages(SecretId)).toEqual({ [one]: ["AWSPREVIOUS"], [two]: ["AWSCURRENT", "AWSPENDING"] });
    await client.updateSecretVersionStage({ ...move, MoveToVersionId: one, RemoveFromVersionId: two });
    expect(await stages(SecretId)).toEqual({ [one]: ["AWSCURRENT"], [two]: ["AWSPENDING", "AWSPREVIOUS"] });
  });

  it("of a user's own move from version to version", async () => {
    const { SecretId, one } = await secretWithOne();
    const put = { SecretId, SecretString: "two", VersionStages: ["a", "b", "c"] };
    const { VersionId: two = "" } = await client.putSecretValue(put);
    const { VersionId: three = "" } = await client.putSecretValue({ ...put, VersionStages: ["b", "d"] });
    expect(await stages(SecretId)).toEqual({ [one]: ["AWSCURRENT"], [two]: ["a", "c"], [three]: ["b", "d"] });
    await client.updateSecretVersionStage({ SecretId, VersionStage: "a", RemoveFromVersionId: two });
    await client.updateSecretVersionStage({ SecretId, VersionStage: "new", MoveToVersionId: one });
    expect(await stages(SecretId)).toEqual({
      [one]: ["AWSCURRENT", "new"],
      [two]: ["c"],
      [three]: ["b", "d"],
    });
  });

  it("AWSPENDING is removed when a value is put to AWSCURRENT", async () => {
    const { SecretId, one } = await secretWithOne();
    await client.putSecretValue({ SecretId, SecretString: "two", VersionStages: ["AWSPENDING"] });
    const { VersionId: three = "" } = await client.putSecretValue({ SecretId, SecretString: "three" });
    expect(await stages(SecretId)).toEqual({ [one]: ["AWSPREVIOUS"], [three]: ["AWSCURRENT"] });
  });

  it("are listed in labelMoves in the order of their moves, with times", async () => {
    const { SecretId, one } = await secretWithOne();
    const { VersionId: two, ARN } = await client.putSecretValue({ SecretId, SecretString: "two" });
    const moves = emulator.aws.labelMoves.filter((move) => move.arn === ARN);
    expect(moves.map(({ label, versionId }) => [label, versionId])).toEqual([
      ["AWSCURRENT", one],
      ["AWSPREVIOUS", one],
      ["AWSCURRENT", two],
    ]);
  });
});

describe("metadata", () => {
  it("is updated without a new version", async () => {
    const { SecretId, one } = await secretWithOne();
    const updated = await client.updateSecret({ SecretId, Description: "mine" });
    expect(updated.VersionId).toBeUndefined();
    expect(await client.describeSecret({ SecretId })).toMatchObject({
      Description: "mine",
      VersionIdsToStages: { [one]: ["AWSCURRENT"] },
    });
  });

  it("has tags that can be added and removed", async () => {
    const { SecretId } = await secretWithOne();
    expect((await client.describeSecret({ SecretId })).Tags).toBeUndefined();
    await client.tagResource({
      SecretId,
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "2" },
      ],
    });
    await client.tagResource({ SecretId, Tags: [{ Key: "a", Value: "3" }] });
    expect((await client.describeSecret({ SecretId })).Tags).toEqual([
      { Key: "a", Value: "3" },
      { Key: "b", Value: "2" },
    ]);
    await client.untagResource({ SecretId, TagKeys: ["a", "b"] });
    expect((await client.describeSecret({ SecretId })).Tags).toEqual([]);
  });

  it("has the day of the last access, of the secret and of the version", async () => {
    const { SecretId } = await secretWithOne();
    expect((await client.describeSecret({ SecretId })).LastAccessedDate).toBeUndefined();
    await client.getSecretValue({ SecretId });
    const { LastAccessedDate } = await client.describeSecret({ SecretId });
    expect(LastAccessedDate?.toISOString()).toMatch(/T00:00:00.000Z$/);
    const { Versions } = await client.listSecretVersionIds({ SecretId });
    expect(Versions?.[0]?.LastAccessedDate).toEqual(LastAccessedDate);
  });
});

describe("replicas in other regions", () => {
  it("are in the answer while they are made, and in the description afterwards", async () => {
    const Name = `replicated-${randomUUID()}`;
    const AddReplicaRegions = [
      { Region: "eu-central-1" },
      { Region: "us-gov-west-1", KmsKeyId: "alias/there" },
    ];
    const created = await client.createSecret({ Name, SecretString: "one", AddReplicaRegions });
    expect(created.ReplicationStatus).toEqual(
      AddReplicaRegions.map((replica) => ({ ...replica, Status: "InProgress" })),
    );
    expect(await client.describeSecret({ SecretId: Name })).toMatchObject({
      PrimaryRegion: "eu-west-1",
      ReplicationStatus: AddReplicaRegions.map((replica) => ({ ...replica, Status: "InSync" })),
    });
  });
});

describe("deletion", () => {
  it("is planned, shown by DescribeSecret, and undone by RestoreSecret", async () => {
    const { SecretId } = await secretWithOne();
    const { DeletionDate } = await client.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
    expect((await client.describeSecret({ SecretId })).DeletedDate).toEqual(DeletionDate);
    await client.restoreSecret({ SecretId });
    expect((await client.getSecretValue({ SecretId })).SecretString).toBe("one");
  });

  it("at once frees the name for a secret with another ARN", async () => {
    const { SecretId } = await secretWithOne();
    const { ARN } = await client.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
    const again = await client.createSecret({ Name: SecretId, SecretString: "two" });
    expect(again.ARN).not.toBe(ARN);
    expect(again.ARN?.slice(0, -7)).toBe(ARN?.slice(0, -7));
  });

  it("at once is not an error for a secret that never existed", async () => {
    const gone = await client.deleteSecret({ SecretId: "never-was", ForceDeleteWithoutRecovery: true });
    expect(gone.Name).toBe("never-was");
  });
});

describe("GetRandomPassword", () => {
  it("returns 32 characters, with each type among them", async () => {
    const { RandomPassword = "" } = await client.getRandomPassword({});
    expect(RandomPassword).toHaveLength(32);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(RandomPassword).toMatch(kind);
  });

  it("contains no excluded characters", async () => {
    const request = { PasswordLength: 200, ExcludePunctuation: true, ExcludeCharacters: "abcABC012" };
    const { RandomPassword = "" } = await client.getRandomPassword(request);
    expect(RandomPassword).toMatch(/^[d-zD-Z3-9]{200}$/);
  });
});
