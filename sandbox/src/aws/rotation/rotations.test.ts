import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it, vi } from "vitest";
import type { AwsEmulatorOptions } from "../emulator.ts";
import { startTestEmulator, TEST_ROTATOR } from "../test-emulator.ts";

const REFUSED = "A previous rotation isn't complete. That rotation will be reattempted.";

// Processes start slowly on a machine that also runs other tests.
vi.setConfig({ testTimeout: 20_000 });

const WHOLE = ["createSecret", "setSecret", "testSecret", "finishSecret"];

interface Plan {
  readonly plan?: Readonly<Record<string, readonly string[]>>;
  readonly rotation?: AwsEmulatorOptions["rotation"];
}

/** createSecret fails, and the test ends before the retry. */
const STUCK: Plan = { plan: { createSecret: ["fail"] }, rotation: { retryDelayMs: 60_000 } };

/** A secret with the value `one`, and a function that rotates it by the plan. */
async function prepared({ plan = {}, rotation = {} }: Plan = {}) {
  const emulator = await startTestEmulator({ rotation: { retryDelayMs: 5, ...rotation } });
  const { aws, dir } = emulator;
  const trace = join(dir, "trace");
  writeFileSync(trace, "");
  const environment = { PLAN: JSON.stringify(plan), TRACE: trace };
  const { arn: lambda } = await aws.deployFunction({
    name: "rotator",
    bundle: TEST_ROTATOR,
    handler: "handler",
    environment,
    timeoutMs: 1500,
  });
  const client = emulator.client();
  const SecretId = "db";
  const { VersionId: one = "" } = await client.createSecret({ Name: SecretId, SecretString: "one" });
  return {
    aws,
    client,
    SecretId,
    one,
    lambda,
    token: randomUUID(),
    steps: () =>
      readFileSync(trace, "utf8")
        .split("\n")
        .filter((step) => step !== ""),
    ended: (n = 0) =>
      vi.waitUntil(() => aws.rotations[n]?.outcome !== undefined, { timeout: 10_000, interval: 10 }),
    stages: async () => (await client.describeSecret({ SecretId })).VersionIdsToStages,
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

function rotate(
  { client, SecretId, lambda, token }: Prepared,
  more: Partial<Parameters<SecretsManager["rotateSecret"]>[0]> = {},
) {
  return client.rotateSecret({ SecretId, RotationLambdaARN: lambda, ClientRequestToken: token, ...more });
}

describe.concurrent("a rotation", () => {
  it("goes through the four steps and ends with the new version current", async () => {
    await using p = await prepared();
    expect(await rotate(p)).toMatchObject({ Name: p.SecretId, VersionId: p.token });
    await p.ended();
    expect(p.steps()).toEqual(WHOLE);
    expect(await p.stages()).toEqual({ [p.one]: ["AWSPREVIOUS"], [p.token]: ["AWSCURRENT"] });
    expect((await p.client.getSecretValue({ SecretId: p.SecretId })).SecretString).toBe(p.token);
    const [rotation] = p.aws.rotations;
    expect(rotation).toMatchObject({ token: p.token, outcome: "succeeded", attempts: 1 });
    expect(rotation?.endedAt).toBeGreaterThanOrEqual(rotation?.startedAt ?? 0);
  });

  it("has an AWSPENDING version without a value until createSecret puts one, and refuses another rotation meanwhile", async () => {
    await using p = await prepared(STUCK);
    await rotate(p);
    expect(await p.stages()).toEqual({ [p.one]: ["AWSCURRENT"], [p.token]: ["AWSPENDING"] });
    const pending = { SecretId: p.SecretId, VersionId: p.token, VersionStage: "AWSPENDING" };
    await expect(p.client.getSecretValue(pending)).rejects.toThrow(
      `Secrets Manager can't find the specified secret value for VersionId: ${p.token}`,
    );
    await expect(rotate(p)).rejects.toThrow(REFUSED);
    expect(p.aws.rotations[0]?.outcome).toBeUndefined();
  });

  it("shows in DescribeSecret: configuration, dates, and the next rotation", async () => {
    await using p = await prepared();
    await rotate(p, { RotationRules: { AutomaticallyAfterDays: 1 } });
    await p.ended();
    const described = await p.client.describeSecret({ SecretId: p.SecretId });
    expect(described).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: p.lambda,
      RotationRules: { AutomaticallyAfterDays: 1 },
    });
    const { startedAt = 0, endedAt = 0 } = p.aws.rotations[0] ?? {};
    const rotatedAt = described.LastRotatedDate?.getTime() ?? 0;
    expect(startedAt <= rotatedAt && rotatedAt <= endedAt).toBe(true);
    const next = described.NextRotationDate?.toISOString() ?? "";
    expect(next).toMatch(/T23:59:59.000Z$/);
    expect(Date.parse(next) - Date.now()).toBeGreaterThan(23 * 3_600_000);

    await p.client.cancelRotateSecret({ SecretId: p.SecretId });
    const disabled = await p.client.describeSecret({ SecretId: p.SecretId });
    expect(disabled).toMatchObject({ RotationEnabled: false, RotationRules: { AutomaticallyAfterDays: 1 } });
    expect([disabled.LastRotatedDate, disabled.NextRotationDate]).toEqual([undefined, undefined]);
  });

  it("needs its configuration only once", async () => {
    await using p = await prepared();
    await rotate(p);
    await p.ended();
    const { VersionId } = await p.client.rotateSecret({ SecretId: p.SecretId });
    await p.ended(1);
    expect(await p.stages()).toEqual({ [p.token]: ["AWSPREVIOUS"], [VersionId ?? ""]: ["AWSCURRENT"] });
  });

  it("leaves AWSPENDING in place if so configured, and the next rotation still starts", async () => {
    await using p = await prepared({ rotation: { pendingAfterFinish: "keep" } });
    await rotate(p);
    await p.ended();
    expect(await p.stages()).toEqual({ [p.one]: ["AWSPREVIOUS"], [p.token]: ["AWSCURRENT", "AWSPENDING"] });
    await rotate(p, { ClientRequestToken: randomUUID() });
    await p.ended(1);
    expect(p.aws.rotations[1]?.outcome).toBe("succeeded");
  });

  it("does not start again by a known token", async () => {
    await using p = await prepared();
    await rotate(p);
    await p.ended();
    expect(await rotate(p)).toMatchObject({ VersionId: p.token });
    expect(p.aws.rotations).toHaveLength(1);
  });

  it("runs with the function's own identity", async () => {
    await using p = await prepared();
    await rotate(p);
    await p.ended();
    const { AWS_ACCESS_KEY_ID: key } = p.aws.credentials("lambda-rotator");
    const operations = p.aws.calls.filter((call) => call.accessKeyId === key).map((call) => call.operation);
    expect(operations).toEqual([
      "GetSecretValue",
      "GetSecretValue",
      "PutSecretValue",
      "DescribeSecret",
      "UpdateSecretVersionStage",
    ]);
  });
});

describe.concurrent("a step that fails", () => {
  it.each(["fail", "crash", "hang"])(
    "twice (%s) repeats the whole process with the same version",
    async (how) => {
      await using p = await prepared({ plan: { setSecret: how === "hang" ? [how] : [how, how] } });
      await rotate(p);
      await p.ended();
      const again = ["createSecret", "setSecret"];
      expect(p.steps()).toEqual(how === "hang" ? [...again, ...WHOLE] : [...again, ...again, ...WHOLE]);
      expect(p.aws.rotations[0]).toMatchObject({ outcome: "succeeded", attempts: how === "hang" ? 2 : 3 });
      expect(await p.stages()).toEqual({ [p.one]: ["AWSPREVIOUS"], [p.token]: ["AWSCURRENT"] });
    },
  );

  it("on every attempt leaves AWSPENDING, and further rotations are refused until it is removed", async () => {
    await using p = await prepared({
      plan: { testSecret: ["fail", "fail", "fail"] },
      rotation: { retries: 2 },
    });
    await rotate(p);
    await p.ended();
    expect(p.aws.rotations[0]).toMatchObject({ outcome: "failed", attempts: 3 });
    expect(await p.stages()).toEqual({ [p.one]: ["AWSCURRENT"], [p.token]: ["AWSPENDING"] });
    for (const ClientRequestToken of [p.token, randomUUID()]) {
      await expect(rotate(p, { ClientRequestToken })).rejects.toMatchObject({
        name: "InvalidRequestException",
        message: REFUSED,
      });
    }
    const pending = { SecretId: p.SecretId, VersionStage: "AWSPENDING", RemoveFromVersionId: p.token };
    await p.client.updateSecretVersionStage(pending);
    await rotate(p, { ClientRequestToken: randomUUID() });
    await p.ended(1);
    expect(p.aws.rotations[1]?.outcome).toBe("succeeded");
  });

  it("fails if finishSecret moves nothing", async () => {
    await using p = await prepared({ plan: { finishSecret: ["skip", "skip"] }, rotation: { retries: 1 } });
    await rotate(p);
    await p.ended();
    expect(p.aws.rotations[0]).toMatchObject({ outcome: "failed", attempts: 2 });
  });
});

describe.concurrent("a rotation that is interfered with", () => {
  it("is abandoned by a value put to AWSCURRENT, which removes AWSPENDING", async () => {
    await using p = await prepared({ plan: { setSecret: ["override"] } });
    await rotate(p);
    await p.ended();
    expect(p.aws.rotations[0]).toMatchObject({ outcome: "abandoned", attempts: 1 });
    expect(p.steps()).toEqual(["createSecret", "setSecret"]);
    expect(
      Object.values((await p.stages()) ?? {})
        .flat()
        .toSorted(),
    ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
    expect((await p.client.getSecretValue({ SecretId: p.SecretId })).SecretString).toBe("by hand");
  });

  it("ends by CancelRotateSecret, which disables rotation and leaves AWSPENDING", async () => {
    await using p = await prepared({ plan: { createSecret: ["fail"] }, rotation: { retryDelayMs: 800 } });
    await rotate(p);
    await vi.waitUntil(() => p.steps().length === 1, { timeout: 10_000, interval: 10 });
    expect(await p.client.cancelRotateSecret({ SecretId: p.SecretId })).toMatchObject({ VersionId: p.token });
    await p.ended();
    expect(p.aws.rotations[0]?.outcome).toBe("abandoned");
    const described = await p.client.describeSecret({ SecretId: p.SecretId });
    expect(described).toMatchObject({ RotationEnabled: false, RotationLambdaARN: p.lambda });
    expect(described.VersionIdsToStages?.[p.token]).toEqual(["AWSPENDING"]);
  });

  it("works again once AWSPENDING is removed: RotateSecret enables rotation again, with the old schedule", async () => {
    await using p = await prepared(STUCK);
    await rotate(p, { RotationRules: { ScheduleExpression: "rate(10 days)" } });
    // Otherwise the failure planned for the first call could hit the second rotation's call.
    await vi.waitUntil(() => p.steps().length === 1, { timeout: 10_000, interval: 10 });
    await p.client.cancelRotateSecret({ SecretId: p.SecretId });
    const pending = { SecretId: p.SecretId, VersionStage: "AWSPENDING", RemoveFromVersionId: p.token };
    await p.client.updateSecretVersionStage(pending);
    await p.client.rotateSecret({ SecretId: p.SecretId });
    await p.ended(1);
    expect(await p.client.describeSecret({ SecretId: p.SecretId })).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: p.lambda,
      RotationRules: { ScheduleExpression: "rate(10 days)" },
    });
  });
});

describe.concurrent("RotateImmediately=false", () => {
  it.each(["", "hang"])("runs testSecret alone and leaves no version behind (%s)", async (how) => {
    await using p = await prepared({ plan: { testSecret: [how] } });
    await rotate(p, { RotateImmediately: false, RotationRules: { ScheduleExpression: "rate(10 days)" } });
    if (how === "hang") {
      expect(await p.stages()).toEqual({ [p.one]: ["AWSCURRENT"], [p.token]: ["AWSPENDING"] });
      const listed = await p.client.listSecretVersionIds({ SecretId: p.SecretId, IncludeDeprecated: true });
      expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([p.one]);
    }
    await vi.waitFor(async () => expect(await p.stages()).toEqual({ [p.one]: ["AWSCURRENT"] }), 10_000);
    expect(p.steps()).toEqual(["testSecret"]);
    const { Versions } = await p.client.listSecretVersionIds({
      SecretId: p.SecretId,
      IncludeDeprecated: true,
    });
    expect(Versions).toHaveLength(1);
    const described = await p.client.describeSecret({ SecretId: p.SecretId });
    expect(described).toMatchObject({
      RotationEnabled: true,
      RotationRules: { ScheduleExpression: "rate(10 days)" },
    });
    expect(described.LastRotatedDate).toBeUndefined();
    expect(p.aws.rotations).toEqual([]);
    // AWS lists no version without a value. A token whose version is still there would start nothing.
    await rotate(p, { RotateImmediately: false });
    await vi.waitUntil(() => p.steps().length === 2, { timeout: 10_000, interval: 10 });
  });
});
