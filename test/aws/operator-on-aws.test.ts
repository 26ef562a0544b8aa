import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseSecretArn, parseVersionId, type SecretArn } from "@rotated-secrets/contract/version-id";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import { OPERATOR } from "@rotated-secrets/operator/api/aws-identity";
import { AwsRotations } from "@rotated-secrets/operator/aws/calls/rotations";
import { SecretsManager } from "@rotated-secrets/operator/aws/calls/secrets-manager";
import { AwsSecretCatalogue } from "@rotated-secrets/operator/aws/catalogue/catalogue";
import { AwsSecretValues } from "@rotated-secrets/operator/aws/values/values";
import type { CatalogueEntry } from "@rotated-secrets/operator/ports/secret-catalogue";
import { startTestEmulator, type TestEmulator } from "@rotated-secrets/sandbox/aws/test-emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

const SECRETS = 250;
const signal = new AbortController().signal;
const SCOPE = { region: "eu-west-1", identity: OPERATOR };
const source = (secretId: string) => ({ secretId, ...SCOPE });
const nameOf = (i: number) => `shop/db-${i}`;

/** Succeeds in every step of the secret `quick`, and never ends for others. */
const ROTATOR = `
export const handler = async ({ SecretId, Step }) => {
  if (!SecretId.includes("quick") && Step !== "testSecret") await new Promise((resolve) => setTimeout(resolve, 60_000));
};`;

let sandbox: TestEmulator;
let api: SecretsManager;
let catalogue: AwsSecretCatalogue;
let values: AwsSecretValues;
const arns = new Map<string, SecretArn>();
const observed: string[] = [];

beforeAll(async () => {
  sandbox = await startTestEmulator();
  for (const [name, value] of Object.entries(sandbox.aws.credentials("operator"))) vi.stubEnv(name, value);
  const client = sandbox.client("owner");
  await Promise.all(
    Array.from({ length: SECRETS }, async (_, i) => {
      const { ARN = "" } = await client.createSecret({ Name: nameOf(i), SecretString: `planted-${i}` });
      arns.set(nameOf(i), parseSecretArn(ARN));
    }),
  );
});

beforeEach(() => {
  observed.length = 0;
  api = new SecretsManager({
    clock: systemClock,
    version: "0.0.0-test",
    observe: (operation, code) => observed.push(`${operation} ${code}`),
  });
  catalogue = new AwsSecretCatalogue({ api, clock: systemClock, random: systemRandom });
  values = new AwsSecretValues({ api, clock: systemClock });
});

afterEach(() => {
  catalogue.stop();
  values.stop();
  api.close();
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

function arn(name: string): SecretArn {
  const found = arns.get(name);
  if (found === undefined) throw new Error(`no secret ${name} was made`);
  return found;
}

async function settled(name: string, is: (entry: CatalogueEntry) => boolean): Promise<CatalogueEntry> {
  return vi.waitFor(
    () => {
      const entry = catalogue.cached(source(name));
      if (entry === undefined || !is(entry)) throw new Error(`${name} is ${JSON.stringify(entry)}`);
      return entry;
    },
    { timeout: 10_000, interval: 10 },
  );
}

const callsSince = (number: number) =>
  sandbox.aws.calls.filter((call) => call.number > number).map(({ operation }) => operation);
/** Without the descriptions, of which each secret has one at any moment of every 5 minutes. */
const readsSince = (number: number) =>
  callsSince(number).filter((operation) => operation !== "DescribeSecret");
const lastCall = () => sandbox.aws.calls.at(-1)?.number ?? 0;

describe("250 secrets", () => {
  it("are known after 3 lists, and read by 13 batches", async () => {
    const before = lastCall();
    for (let i = 0; i < SECRETS; i += 1) catalogue.follow(source(nameOf(i)));
    for (let i = 0; i < SECRETS; i += 1) await settled(nameOf(i), ({ secret }) => secret !== undefined);
    expect(readsSince(before)).toEqual(["ListSecrets", "ListSecrets", "ListSecrets"]);

    const readings = await Promise.all([...arns.values()].map((each) => values.current(each, SCOPE, signal)));
    expect(new Set(readings.map((reading) => reading.kind === "value" && reading.value.reveal()))).toEqual(
      new Set(Array.from({ length: SECRETS }, (_, i) => `planted-${i}`)),
    );
    expect(readsSince(before).slice(3)).toEqual(Array.from({ length: 13 }, () => "BatchGetSecretValue"));
    expect(JSON.stringify(readings)).not.toContain("planted");
    expect(new Set(observed.filter((seen) => !seen.startsWith("DescribeSecret")))).toEqual(
      new Set(["ListSecrets OK", "BatchGetSecretValue OK"]),
    );
  });

  it("show a changed value as a new version, and binary values as bytes", async () => {
    const client = sandbox.client("owner");
    catalogue.follow(source(nameOf(1)));
    const before = await settled(nameOf(1), ({ secret }) => secret !== undefined);
    const { VersionId = "" } = await client.putSecretValue({
      SecretId: nameOf(1),
      SecretBinary: new Uint8Array([0, 255, 1]),
    });
    const after = await catalogue.refresh(source(nameOf(1)), signal);
    expect(after.secret?.stages.get(parseVersionId(VersionId))).toEqual(["AWSCURRENT"]);
    expect(before.secret?.stages.has(parseVersionId(VersionId))).toBe(false);
    const reading = await values.current(arn(nameOf(1)), SCOPE, signal);
    expect(reading).toMatchObject({ kind: "value", versionId: VersionId });
    expect(reading.kind === "value" && reading.value.reveal()).toEqual(new Uint8Array([0, 255, 1]));
    const createdAt = await catalogue.versionCreatedAt(arn(nameOf(1)), SCOPE, signal);
    expect(createdAt instanceof Map && createdAt.size).toBe(2);
  });
});

describe("a refusal of AWS", () => {
  it("denied lists leave descriptions", async () => {
    const end = sandbox.aws.fail(
      { operation: "ListSecrets" },
      { code: "AccessDeniedException", message: "planted" },
    );
    for (let i = 0; i < 20; i += 1) catalogue.follow(source(nameOf(i)));
    for (let i = 0; i < 20; i += 1)
      await settled(nameOf(i), ({ secret, problem }) => secret !== undefined && !problem);
    end();
    expect(observed).toContain("ListSecrets AccessDeniedException");
  });

  it("denied batches leave single reads", async () => {
    const end = sandbox.aws.fail(
      { operation: "BatchGetSecretValue" },
      { code: "AccessDeniedException", message: "planted" },
    );
    const reading = await values.current(arn(nameOf(2)), SCOPE, signal);
    end();
    expect(reading.kind).toBe("value");
  });

  it.each([
    ["AccessDeniedException", 400, "denied"],
    ["ThrottlingException", 400, "unavailable"],
    ["InternalServiceError", 500, "unavailable"],
    ["InvalidRequestException", 400, "invalid"],
  ] as const)("%s is a problem of the kind that it is", async (code, status, kind) => {
    const end = sandbox.aws.fail({ operation: "DescribeSecret" }, { code, message: "planted", status });
    const { problem } = await catalogue.refresh(source(nameOf(3)), signal);
    end();
    expect(problem).toMatchObject({ kind, code, operation: "DescribeSecret", requestId: expect.any(String) });
    expect(JSON.stringify(problem)).not.toContain("planted");
  });

  it("a secret that is not there is not found, alone in its batch", async () => {
    const missing = parseSecretArn(`${arn(nameOf(4)).slice(0, -6)}zzzzzz`);
    expect((await catalogue.refresh(source(missing), signal)).problem?.kind).toBe("notFound");
    const [there, gone] = await Promise.all(
      [arn(nameOf(4)), missing].map((each) => values.current(each, SCOPE, signal)),
    );
    expect(there?.kind).toBe("value");
    expect(gone).toMatchObject({ kind: "problem", problem: { kind: "notFound" } });
  });

  it("a secret that is marked for deletion is as good as gone", async () => {
    const client = sandbox.client("owner");
    await client.createSecret({ Name: "gone", SecretString: "planted" });
    expect((await catalogue.refresh(source("gone"), signal)).problem).toBeUndefined();
    await client.deleteSecret({ SecretId: "gone", RecoveryWindowInDays: 7 });
    expect((await catalogue.refresh(source("gone"), signal)).problem).toMatchObject({
      kind: "notFound",
      code: "MarkedForDeletion",
    });
  });

  it("AWS away is unavailable, keeps the facts, and ends when it is back", async () => {
    catalogue.follow(source(nameOf(5)));
    await settled(nameOf(5), ({ secret }) => secret !== undefined);
    const back = sandbox.aws.goAway();
    const away = await catalogue.refresh(source(nameOf(5)), signal);
    expect(away.problem?.kind).toBe("unavailable");
    expect(away.secret?.name).toBe(nameOf(5));
    expect(await values.current(arn(nameOf(5)), SCOPE, signal)).toMatchObject({
      problem: { kind: "unavailable" },
    });
    back();
    await settled(nameOf(5), ({ problem }) => problem === undefined);
  });
});

describe("RotateSecret", () => {
  const token = (n: number) => parseVersionId(`00000000-0000-4000-8000-00000000000${n}`);
  const rotate = (name: string, n: number) =>
    new AwsRotations(api).rotate(arn(name), SCOPE, token(n), signal);

  beforeAll(async () => {
    const bundle = join(sandbox.dir, "rotator.mjs");
    writeFileSync(bundle, ROTATOR);
    const { arn: RotationLambdaARN } = await sandbox.aws.deployFunction({
      name: "rotator",
      bundle,
      handler: "handler",
    });
    const client = sandbox.client("owner");
    for (const Name of ["slow", "quick"]) {
      const { ARN = "" } = await client.createSecret({ Name, SecretString: "planted" });
      arns.set(Name, parseSecretArn(ARN));
      const RotationRules = { AutomaticallyAfterDays: 1_000 };
      await client.rotateSecret({
        SecretId: ARN,
        RotationLambdaARN,
        RotationRules,
        RotateImmediately: false,
      });
    }
  });

  it("begins a rotation with the token, and another one is in progress until it ends", async () => {
    // Setting up rotation makes AWS try the function's testSecret, on a pending version that goes away again.
    await vi.waitFor(async () => expect(await rotate("slow", 1)).toEqual({ kind: "accepted" }));
    const { secret } = await catalogue.refresh(source("slow"), signal);
    expect(secret?.rotation.kind).toBe("function");
    expect(secret?.stages.get(token(1))).toEqual(["AWSPENDING"]);
    const before = lastCall();
    expect(await rotate("slow", 2)).toEqual({ kind: "inProgress" });
    expect(callsSince(before)).toEqual(["RotateSecret"]);
  });

  it("is refused where no rotation is set up", async () => {
    const outcome = await rotate(nameOf(6), 3);
    expect(outcome).toMatchObject({
      kind: "problem",
      problem: { kind: "invalid", operation: "RotateSecret" },
    });
  });

  it("is not repeated when AWS fails", async () => {
    const before = lastCall();
    const end = sandbox.aws.fail(
      { operation: "RotateSecret" },
      { code: "InternalServiceError", message: "x", status: 500 },
    );
    expect(await rotate("quick", 4)).toMatchObject({ kind: "problem", problem: { kind: "unavailable" } });
    end();
    expect(callsSince(before)).toEqual(["RotateSecret"]);
  });
});
