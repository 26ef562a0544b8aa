import { randomUUID } from "node:crypto";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../test-emulator.ts";

const NOT_FOUND = "Secrets Manager can't find the specified secret.";
const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";
const INVALID_NAME =
  "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
const NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";

let emulator: TestEmulator;
let client: SecretsManager;
let one: string;
let two: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = emulator.client();
  const created = await client.createSecret({ Name: "known", SecretString: "one" });
  one = created.VersionId ?? "";
  await client.createSecret({ Name: "empty" });
  await client.createSecret({ Name: "deleted", SecretString: "x" });
  await client.createSecret({ Name: "Invalid/_+=.@-Name-a1b2c3", SecretString: "x" });
  await client.deleteSecret({ SecretId: "deleted" });
  two =
    (await client.putSecretValue({ SecretId: "known", SecretString: "two", VersionStages: ["MINE"] }))
      .VersionId ?? "";
});
afterAll(() => emulator[Symbol.asyncDispose]());

type Case = readonly [
  title: string,
  call: (c: SecretsManager) => Promise<unknown>,
  type: string,
  message: string | (() => string),
];

const SecretId = "known";
const unknownId = randomUUID();

const cases: readonly Case[] = [
  [
    "an unknown secret",
    (c) => c.getSecretValue({ SecretId: "none" }),
    "ResourceNotFoundException",
    NOT_FOUND,
  ],
  [
    "the versions of an unknown secret",
    (c) => c.listSecretVersionIds({ SecretId: "none" }),
    "ResourceNotFoundException",
    NOT_FOUND,
  ],
  [
    "an incomplete ARN that looks complete",
    (c) =>
      c.getSecretValue({
        SecretId: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:Invalid/_+=.@-Name-a1b2c3",
      }),
    "ResourceNotFoundException",
    NOT_FOUND,
  ],
  [
    "an absent label",
    (c) => c.getSecretValue({ SecretId, VersionStage: "AWSPREVIOUS" }),
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
  ],
  [
    "a secret without a value",
    (c) => c.getSecretValue({ SecretId: "empty" }),
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  ],
  [
    "an unknown version",
    (c) => c.getSecretValue({ SecretId, VersionId: unknownId }),
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for VersionId: ${unknownId}`,
  ],
  [
    "a label that is on another version",
    (c) => c.getSecretValue({ SecretId, VersionId: one, VersionStage: "MINE" }),
    "InvalidRequestException",
    "You provided a VersionStage that is not associated to the provided VersionId.",
  ],
  [
    "a value of a deleted secret",
    (c) => c.getSecretValue({ SecretId: "deleted" }),
    "InvalidRequestException",
    MARKED,
  ],
  [
    "tags on a deleted secret",
    (c) => c.tagResource({ SecretId: "deleted", Tags: [] }),
    "InvalidRequestException",
    MARKED,
  ],
  [
    "a name that exists",
    (c) => c.createSecret({ Name: SecretId, SecretString: "x" }),
    "ResourceExistsException",
    "The operation failed because the secret known already exists.",
  ],
  [
    "a name that is planned for deletion",
    (c) => c.createSecret({ Name: "deleted", SecretString: "x" }),
    "InvalidRequestException",
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  ],
  [
    "an invalid new name",
    (c) => c.createSecret({ Name: " Inv *?!]Name\\-", SecretString: "x" }),
    "ValidationException",
    INVALID_NAME,
  ],
  [
    "an invalid secret id",
    (c) => c.updateSecretVersionStage({ SecretId: "Inv Name", VersionStage: "x" }),
    "ValidationException",
    INVALID_NAME,
  ],
  [
    "no value",
    (c) => c.putSecretValue({ SecretId }),
    "InvalidRequestException",
    "You must provide either SecretString or SecretBinary.",
  ],
  [
    "two values",
    (c) => c.putSecretValue({ SecretId, SecretString: "x", SecretBinary: new Uint8Array([1]) }),
    "InvalidParameterException",
    "You can't specify both a binary secret value and a string secret value in the same secret.",
  ],
  [
    "a text of 65,537 bytes",
    (c) => c.putSecretValue({ SecretId, SecretString: "x".repeat(65_537) }),
    "ValidationException",
    "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
  ],
  [
    "65,537 bytes",
    (c) => c.putSecretValue({ SecretId, SecretBinary: new Uint8Array(65_537) }),
    "ValidationException",
    "1 validation error detected: Value at 'secretBinary' failed to satisfy constraint: Member must have length less than or equal to 65536",
  ],
  [
    "a short token",
    (c) => c.putSecretValue({ SecretId, SecretString: "x", ClientRequestToken: "short" }),
    "ValidationException",
    "1 validation error detected: Value 'short' at 'clientRequestToken' failed to satisfy constraint: Member must have length greater than or equal to 32",
  ],
  [
    "no secret id",
    (c) => c.describeSecret({ SecretId: undefined }),
    "ValidationException",
    "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
  ],
  [
    "two invalid fields",
    (c) => c.listSecrets({ MaxResults: 101, Filters: [{ Key: "name", Values: [] }] }),
    "ValidationException",
    "2 validation errors detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100; Value '[]' at 'filters.1.member.values' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    "an invalid NextToken",
    (c) => c.listSecrets({ NextToken: "???" }),
    "InvalidNextTokenException",
    "The NextToken value is invalid.",
  ],
  [
    "a move without the holder",
    (c) => c.updateSecretVersionStage({ SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: two }),
    "InvalidParameterException",
    () =>
      `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${one}, so you must explicitly reference that version in RemoveFromVersionId.`,
  ],
  [
    "a move from a version that does not have the label",
    (c) =>
      c.updateSecretVersionStage({
        SecretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: one,
        RemoveFromVersionId: two,
      }),
    "InvalidParameterException",
    "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label AWSCURRENT.",
  ],
  [
    "the removal of AWSCURRENT",
    (c) => c.updateSecretVersionStage({ SecretId, VersionStage: "AWSCURRENT", RemoveFromVersionId: one }),
    "InvalidParameterException",
    "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
  ],
  [
    "a move to an unknown version",
    (c) => c.updateSecretVersionStage({ SecretId, VersionStage: "x", MoveToVersionId: unknownId }),
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for VersionId: ${unknownId}`,
  ],
  [
    "a 21st label",
    (c) =>
      c.putSecretValue({
        SecretId,
        SecretString: "x",
        VersionStages: Array.from({ length: 19 }, (_, n) => `l${n}`),
      }),
    "LimitExceededException",
    "You can't attach more than 20 staging labels to the versions of a secret.",
  ],
  [
    "a tag key that is given twice",
    (c) =>
      c.tagResource({
        SecretId,
        Tags: [
          { Key: "team", Value: "a" },
          { Key: "team", Value: "b" },
        ],
      }),
    "InvalidParameterException",
    "A request can have each tag key only once.",
  ],
  [
    "a tag key of AWS",
    (c) => c.tagResource({ SecretId, Tags: [{ Key: "AWS:owner", Value: "a" }] }),
    "InvalidParameterException",
    "The tag key AWS:owner is reserved: keys that begin with aws: belong to AWS.",
  ],
  [
    "the removal of a tag of AWS",
    (c) => c.untagResource({ SecretId, TagKeys: ["aws:owner"] }),
    "InvalidParameterException",
    "The tag key aws:owner is reserved: keys that begin with aws: belong to AWS.",
  ],
  [
    "51 tags",
    (c) => c.tagResource({ SecretId, Tags: numberedTags(51) }),
    "InvalidParameterException",
    "You can't attach more than 50 tags to a secret.",
  ],
  [
    "51 tags on a new secret",
    (c) => c.createSecret({ Name: "tagged", SecretString: "x", Tags: numberedTags(51) }),
    "InvalidParameterException",
    "You can't attach more than 50 tags to a secret.",
  ],
  [
    "a schedule that is not a cron or rate expression",
    (c) =>
      c.rotateSecret({
        SecretId,
        RotationLambdaARN: "arn:aws:lambda:eu-west-1:111122223333:function:none",
        RotationRules: { ScheduleExpression: "every 10 days" },
      }),
    "InvalidParameterException",
    "The schedule expression every 10 days is not valid.",
  ],
  [
    "a rotation without a function",
    (c) => c.rotateSecret({ SecretId }),
    "InvalidRequestException",
    "No Lambda rotation function ARN is associated with this secret.",
  ],
  [
    "a rotation by an unknown function",
    (c) =>
      c.rotateSecret({ SecretId, RotationLambdaARN: "arn:aws:lambda:eu-west-1:111122223333:function:none" }),
    "AccessDeniedException",
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  ],
  [
    "a deletion both at once and later",
    (c) => c.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 }),
    "InvalidParameterException",
    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
  ],
  [
    "an empty batch",
    (c) => c.batchGetSecretValue({}),
    "InvalidParameterException",
    "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
  ],
  [
    "a batch of 21",
    (c) => c.batchGetSecretValue({ SecretIdList: Array.from({ length: 21 }, () => "x") }),
    "ValidationException",
    `1 validation error detected: Value '${JSON.stringify(Array.from({ length: 21 }, () => "x"))}' at 'secretIdList' failed to satisfy constraint: Member must have length less than or equal to 20`,
  ],
  [
    "a password too short for the required types",
    (c) => c.getRandomPassword({ PasswordLength: 3 }),
    "InvalidParameterException",
    "Password length is too short based on the required types.",
  ],
];

function numberedTags(count: number): { Key: string; Value: string }[] {
  return Array.from({ length: count }, (_, n) => ({ Key: `tag-${n}`, Value: "" }));
}

describe("AWS's own errors", () => {
  it.each(cases)("%s", async (_title, call, type, message) => {
    const error = await call(client).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ name: type, $metadata: { httpStatusCode: 400 } });
    expect(error instanceof Error && error.message).toBe(typeof message === "string" ? message : message());
    expect(error).toHaveProperty("$metadata.requestId", expect.stringMatching(/^[0-9a-f-]{36}$/));
  });

  it("do not change anything", async () => {
    const { VersionIdsToStages, RotationEnabled } = await client.describeSecret({ SecretId });
    expect(VersionIdsToStages).toEqual({ [one]: ["AWSCURRENT"], [two]: ["MINE"] });
    expect(RotationEnabled).toBeUndefined();
  });
});

describe("a request without the token that the SDK adds", () => {
  it.each([
    ["CreateSecret", "InvalidRequestException"],
    ["UpdateSecret", "InvalidRequestException"],
    ["PutSecretValue", "InvalidRequestException"],
    ["RotateSecret", "InvalidParameterException"],
  ])("%s", async (operation, type) => {
    const answer = await post(operation, {
      Name: "new",
      SecretId: "none",
      SecretString: "x",
      Description: "y",
    });
    expect(answer).toEqual({ status: 400, body: { __type: type, Message: NO_TOKEN } });
  });
});

async function post(operation: string, body: unknown, authorization = signed("eu-west-1", "secretsmanager")) {
  const answer = await fetch(emulator.aws.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `secretsmanager.${operation}`,
      ...(authorization !== "" && { authorization }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

function signed(region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIATEST/20261123/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

describe("a request that is not for this endpoint", () => {
  it.each([
    ["without a signature", "", "MissingAuthenticationTokenException"],
    ["with an incomplete signature", "AWS4-HMAC-SHA256 Credential=AKIATEST", "IncompleteSignatureException"],
    ["for another region", signed("us-east-1", "secretsmanager"), "InvalidSignatureException"],
    ["for another service", signed("eu-west-1", "sqs"), "InvalidSignatureException"],
  ])("%s", async (_title, authorization, type) => {
    const answer = await post("ListSecrets", {}, authorization);
    expect(answer).toMatchObject({ status: 400, body: { __type: type } });
  });

  it.each([
    [
      "an operation that only AWS has",
      "GetResourcePolicy",
      {},
      "The AWS emulator does not have the operation GetResourcePolicy.",
    ],
    [
      "a field that only AWS has",
      "CreateSecret",
      { Name: "partner", ClientRequestToken: randomUUID(), Type: "SomePartner" },
      "The AWS emulator does not have Type of CreateSecret.",
    ],
  ])("%s", async (_title, operation, body, Message) => {
    expect(await post(operation, body)).toEqual({ status: 501, body: { __type: "NotEmulated", Message } });
  });

  it.each([
    ["an unknown operation", "MakeCoffee", {}, "UnknownOperationException"],
    ["a body that is not JSON", "ListSecrets", "{", "SerializationException"],
    ["a field of the wrong type", "ListSecrets", { MaxResults: "ten" }, "SerializationException"],
  ])("%s", async (_title, operation, body, type) => {
    expect(await post(operation, body)).toMatchObject({ status: 400, body: { __type: type } });
  });
});
