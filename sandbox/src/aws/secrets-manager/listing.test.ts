import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { paginateListSecrets, paginateListSecretVersionIds } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../test-emulator.ts";

let emulator: TestEmulator;
let client: SecretsManager;

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = emulator.client();
  for (let n = 0; n < 205; n++) {
    const Tags = n % 2 === 0 ? [{ Key: "parity", Value: "even" }] : undefined;
    await client.createSecret({
      Name: `app/s${n}`,
      SecretString: `value ${n}`,
      Description: `Number ${n}`,
      Tags,
    });
  }
  await client.createSecret({ Name: "deleted", SecretString: "x" });
  await client.deleteSecret({ SecretId: "deleted" });
  await client.createSecret({ Name: "empty" });
});
afterAll(() => emulator[Symbol.asyncDispose]());

async function names(request: Parameters<SecretsManager["listSecrets"]>[0]) {
  const { SecretList = [] } = await client.listSecrets(request);
  return SecretList.map((secret) => secret.Name);
}

describe("ListSecrets", () => {
  it("returns every secret once, 100 per page, with its versions and stages", async () => {
    const pages: number[] = [];
    const seen = new Set<string>();
    for await (const { SecretList = [] } of paginateListSecrets({ client }, {})) {
      pages.push(SecretList.length);
      for (const { Name = "", SecretVersionsToStages } of SecretList) {
        seen.add(Name);
        if (Name !== "empty") expect(Object.values(SecretVersionsToStages ?? {})).toEqual([["AWSCURRENT"]]);
      }
    }
    expect(pages).toEqual([100, 100, 6]);
    expect(seen.size).toBe(206);
  });

  it.each([
    [
      "name, by prefix",
      "name",
      ["app/s20"],
      ["app/s20", "app/s200", "app/s201", "app/s202", "app/s203", "app/s204"],
    ],
    ["name, case-sensitive", "name", ["APP/"], []],
    ["description, ignoring case", "description", ["nUMBER 199"], ["app/s199"]],
    ["all, by words", "all", ["number EVEN 102"], ["app/s102"]],
    ["one of several values", "name", ["app/s199", "empty"], ["app/s199", "empty"]],
    ["owning-service", "owning-service", ["rds"], []],
  ] as const)("filters by %s", async (_title, Key, Values, expected) => {
    expect(await names({ Filters: [{ Key, Values: [...Values] }] })).toEqual(expected);
  });

  it("combines filters, and negates one", async () => {
    const even = { Key: "tag-key", Values: ["par"] } as const;
    const twenties = { Key: "name", Values: ["app/s20"] } as const;
    const Values = ["!even"];
    expect(
      await names({
        Filters: [
          { ...even, Values: ["par"] },
          { ...twenties, Values: ["app/s20"] },
        ],
      }),
    ).toEqual(["app/s20", "app/s200", "app/s202", "app/s204"]);
    expect(
      await names({
        Filters: [
          { Key: "tag-value", Values },
          { ...twenties, Values: ["app/s20"] },
        ],
      }),
    ).toEqual(["app/s201", "app/s203"]);
  });

  it("sorts by the requested key, and shows planned deletions on request", async () => {
    expect(await names({ MaxResults: 2, SortBy: "name", SortOrder: "desc" })).toEqual(["empty", "app/s99"]);
    expect(await names({ MaxResults: 2, SortOrder: "desc", IncludePlannedDeletion: true })).toEqual([
      "empty",
      "deleted",
    ]);
  });

  it("skips no secret if another one is deleted between two pages", async () => {
    const first = await client.listSecrets({ MaxResults: 50 });
    await client.deleteSecret({ SecretId: first.SecretList?.at(-1)?.Name, ForceDeleteWithoutRecovery: true });
    const [next] = await names({ MaxResults: 50, NextToken: first.NextToken });
    expect(next).toBe("app/s50");
  });
});

describe("ListSecretVersionIds", () => {
  it("comes in pages", async () => {
    await client.createSecret({ Name: "many", SecretString: "0" });
    for (let n = 1; n < 7; n++) await client.putSecretValue({ SecretId: "many", SecretString: String(n) });
    const pages: number[] = [];
    const request = { SecretId: "many", IncludeDeprecated: true };
    for await (const { Versions = [] } of paginateListSecretVersionIds({ client, pageSize: 3 }, request)) {
      pages.push(Versions.length);
    }
    expect(pages).toEqual([3, 3, 1]);
  });
});

describe("BatchGetSecretValue", () => {
  it("returns 20 current values", async () => {
    const SecretIdList = Array.from({ length: 20 }, (_, n) => `app/s${n + 100}`);
    const { SecretValues = [], Errors } = await client.batchGetSecretValue({ SecretIdList });
    expect(SecretValues.map((entry) => entry.SecretString)).toEqual(
      SecretIdList.map((_, n) => `value ${n + 100}`),
    );
    expect(SecretValues[0]).toMatchObject({ Name: "app/s100", VersionStages: ["AWSCURRENT"] });
    expect(Errors).toEqual([]);
  });

  it("reports each secret's own error, and returns the other values", async () => {
    const { ARN = "" } = await client.describeSecret({ SecretId: "app/s1" });
    const end = emulator.aws.fail(
      { operation: "GetSecretValue", secretId: ARN },
      { code: "AccessDeniedException", message: "no" },
    );
    const SecretIdList = ["app/s0", "app/s1", "none", "deleted", "empty"];
    const { SecretValues = [], Errors } = await client.batchGetSecretValue({ SecretIdList });
    end();
    expect(SecretValues.map((entry) => entry.Name)).toEqual(["app/s0"]);
    expect(Errors).toEqual([
      { SecretId: "app/s1", ErrorCode: "AccessDeniedException", Message: "no" },
      {
        SecretId: "none",
        ErrorCode: "ResourceNotFoundException",
        Message: "Secrets Manager can't find the specified secret.",
      },
      {
        SecretId: "deleted",
        ErrorCode: "InvalidRequestException",
        Message: "You can't perform this operation on the secret because it was marked for deletion.",
      },
      {
        SecretId: "empty",
        ErrorCode: "ResourceNotFoundException",
        Message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      },
    ]);
  });

  it("takes filters, and answers in pages", async () => {
    const Filters = [{ Key: "name" as const, Values: ["app/s20"] }];
    const first = await client.batchGetSecretValue({ Filters, MaxResults: 4 });
    expect(first.SecretValues).toHaveLength(4);
    const last = await client.batchGetSecretValue({ Filters, MaxResults: 4, NextToken: first.NextToken });
    expect(last.SecretValues?.map((entry) => entry.Name)).toEqual(["app/s203", "app/s204"]);
    expect(last.NextToken).toBeUndefined();
  });
});
