import { generateKeyPairSync, sign } from "node:crypto";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../test-emulator.ts";
import type { RoleSession } from "./roles.ts";

const ISSUER = "https://cluster.example";
const AUDIENCE = "sts.amazonaws.com";
const SUBJECT = "system:serviceaccount:payments:payments";
const ROLE = "arn:aws:iam::111122223333:role/payments-secrets";
const FOREIGN_ROLE = "arn:aws:iam::999988887777:role/elsewhere";
const cluster = generateKeyPairSync("rsa", { modulusLength: 2048 });
const impostor = generateKeyPairSync("rsa", { modulusLength: 2048 });

let sandbox: TestEmulator;
const arns = new Map<string, string>();

beforeAll(async () => {
  sandbox = await startTestEmulator();
  const { aws } = sandbox;
  aws.trustIssuer({
    issuer: ISSUER,
    audiences: [AUDIENCE],
    keys: published,
  });
  const trust = { issuer: ISSUER, subjects: [SUBJECT], audience: AUDIENCE };
  aws.declareRole({ arn: ROLE, trust, secrets: ["arn:aws:secretsmanager:*:*:secret:prod/payments/*"] });
  aws.declareRole({ arn: FOREIGN_ROLE, trust, secrets: ["arn:aws:secretsmanager:*:111122223333:secret:*"] });
  aws.declareRole({ arn: `${ROLE}-all`, trust, secrets: ["*"] });
  const owner = sandbox.client("owner");
  for (const name of ["prod/payments/db", "prod/orders/db"]) {
    const { ARN = "" } = await owner.createSecret({ Name: name, SecretString: "planted-sts-1" });
    arns.set(name, ARN);
  }
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** The cluster's public key, as its API server publishes it. */
async function published(): Promise<object> {
  return { keys: [{ ...cluster.publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" }] };
}

interface Token {
  readonly claims?: object;
  readonly key?: typeof cluster.privateKey;
  readonly header?: object;
}

/** A token of the cluster for the ServiceAccount payments/payments, with changes. */
function token({ claims = {}, key = cluster.privateKey, header = {} }: Token = {}): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const standard = { iss: ISSUER, sub: SUBJECT, aud: [AUDIENCE], exp: seconds + 600, nbf: seconds };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "one", ...header })}.${part({ ...standard, ...claims })}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}

/** Sends a request of the query protocol by hand, to see the form of the answer. */
async function assume(parameters: Record<string, string>): Promise<{ status: number; body: string }> {
  const body = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleSessionName: "test",
    RoleArn: ROLE,
    ...parameters,
  });
  const answer = await fetch(sandbox.aws.endpoint, { method: "POST", body });
  return { status: answer.status, body: await answer.text() };
}

describe("AssumeRoleWithWebIdentity", () => {
  it("returns credentials to a bearer that the role trusts", async () => {
    const { status, body } = await assume({ WebIdentityToken: token(), DurationSeconds: "900" });
    expect(status).toBe(200);
    expect(body).toContain("<Arn>arn:aws:sts::111122223333:assumed-role/payments-secrets/test</Arn>");
    expect(body).toMatch(/<AccessKeyId>ASIA[0-9A-F]{16}<\/AccessKeyId>/);
    const session = sandbox.aws.sessions.at(-1);
    expect(session).toMatchObject({ subject: SUBJECT, role: { arn: ROLE } });
    expect(Math.abs((session?.expiresAt ?? 0) - Date.now() - 900_000)).toBeLessThan(5_000);
  });

  const seconds = Math.floor(Date.now() / 1_000);
  it.each<[string, Token, string, number]>([
    ["signed by another key", { key: impostor.privateKey }, "InvalidIdentityToken", 400],
    ["naming a key that is not published", { header: { kid: "two" } }, "InvalidIdentityToken", 400],
    ["that is not signed", { header: { alg: "none" } }, "InvalidIdentityToken", 400],
    ["of another issuer", { claims: { iss: "https://other.example" } }, "InvalidIdentityToken", 400],
    ["for another audience", { claims: { aud: ["https://cluster.example"] } }, "InvalidIdentityToken", 400],
    ["that has expired", { claims: { exp: seconds - 10 } }, "ExpiredTokenException", 400],
    ["that is not valid yet", { claims: { nbf: seconds + 600 } }, "InvalidIdentityToken", 400],
    [
      "of another ServiceAccount",
      { claims: { sub: "system:serviceaccount:payments:default" } },
      "AccessDenied",
      403,
    ],
    [
      "of a ServiceAccount with that name in another namespace",
      { claims: { sub: "system:serviceaccount:orders:payments" } },
      "AccessDenied",
      403,
    ],
  ])("refuses a token %s", async (_, change, code, status) => {
    const answer = await assume({ WebIdentityToken: token(change) });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(`<Code>${code}</Code>`);
  });

  it.each([
    ["a text that is not a token", { WebIdentityToken: "not-a-token" }, "InvalidIdentityToken"],
    ["no token", {}, "ValidationError"],
    ["less than 15 minutes", { WebIdentityToken: token(), DurationSeconds: "899" }, "ValidationError"],
    ["more than the role allows", { WebIdentityToken: token(), DurationSeconds: "3601" }, "ValidationError"],
    [
      "a role that does not exist",
      { WebIdentityToken: token(), RoleArn: "arn:aws:iam::111122223333:role/nobody" },
      "AccessDenied",
    ],
  ])("refuses %s", async (_, parameters, code) => {
    expect((await assume(parameters)).body).toContain(`<Code>${code}</Code>`);
  });

  it("reports that the issuer cannot be reached if its keys are not available", async () => {
    sandbox.aws.trustIssuer({
      issuer: "https://away.example",
      audiences: [AUDIENCE],
      keys: () => Promise.reject(new Error("nobody answers")),
    });
    const { body } = await assume({ WebIdentityToken: token({ claims: { iss: "https://away.example" } }) });
    expect(body).toContain("<Code>IDPCommunicationError</Code>");
  });
});

describe("a session", () => {
  async function session(roleArn: string): Promise<RoleSession> {
    const { body } = await assume({ WebIdentityToken: token(), RoleArn: roleArn });
    const begun = sandbox.aws.sessions.find(({ accessKeyId }) => body.includes(accessKeyId));
    if (begun === undefined) throw new Error("no session was begun");
    return begun;
  }

  async function read(SecretId: string, { accessKeyId, secretAccessKey, sessionToken }: RoleSession) {
    const client = sandbox.client("bearer", { accessKeyId, secretAccessKey, sessionToken });
    return await client.getSecretValue({ SecretId }).then(
      () => "value",
      (error: Error) => error.name,
    );
  }

  it.each([
    ["a secret that the role allows", ROLE, "prod/payments/db", "value"],
    ["another secret", ROLE, "prod/orders/db", "AccessDeniedException"],
    ["a missing secret that the role allows", ROLE, "prod/payments/none", "ResourceNotFoundException"],
    ["a missing secret that the role does not allow", ROLE, "prod/orders/none", "AccessDeniedException"],
    ["a name in another account", FOREIGN_ROLE, "prod/payments/db", "AccessDeniedException"],
  ])("may read %s: %s, %s, %s", async (_, roleArn, secretId, outcome) => {
    expect(await read(secretId, await session(roleArn))).toBe(outcome);
  });

  it("reaches a secret of another account by its complete ARN, not by a part of it", async () => {
    const begun = await session(FOREIGN_ROLE);
    const arn = arns.get("prod/payments/db") ?? "";
    expect(await read(arn, begun)).toBe("value");
    expect(await read(arn.slice(0, -7), begun)).toBe("AccessDeniedException");
  });

  it("may list and read in batches only if its role allows that for all secrets", async () => {
    const outcomes = [ROLE, `${ROLE}-all`].map(async (roleArn) => {
      const client = sandbox.client("bearer", await session(roleArn));
      return await Promise.allSettled([
        client.listSecrets({}),
        client.batchGetSecretValue({ SecretIdList: ["prod/payments/db"] }),
      ]);
    });
    const [some, all] = await Promise.all(outcomes);
    expect(some?.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(all?.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });

  it("is unknown without its token, and with keys that were never issued", async () => {
    const begun = await session(ROLE);
    expect(await read("prod/payments/db", { ...begun, sessionToken: "another" })).toBe(
      "UnrecognizedClientException",
    );
    expect(await read("prod/payments/db", { ...begun, accessKeyId: "ASIA0000000000000000" })).toBe(
      "UnrecognizedClientException",
    );
  });
});

describe("an expired session", () => {
  it("is refused", async () => {
    const clock = new ManualClock(Date.now());
    await using later = await startTestEmulator({ clock });
    later.aws.trustIssuer({
      issuer: ISSUER,
      audiences: [AUDIENCE],
      keys: published,
    });
    const trust = { issuer: ISSUER, subjects: [SUBJECT], audience: AUDIENCE };
    later.aws.declareRole({ arn: ROLE, trust, secrets: ["*"] });
    const body = new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      RoleSessionName: "test",
      RoleArn: ROLE,
      WebIdentityToken: token(),
      DurationSeconds: "900",
    });
    await fetch(later.aws.endpoint, { method: "POST", body });
    const client = later.client("bearer", later.aws.sessions[0]);
    await client.listSecrets({});
    await clock.advance(901_000);
    await expect(client.listSecrets({})).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });
});
