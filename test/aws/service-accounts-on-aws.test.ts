import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { OPERATOR } from "@rotated-secrets/operator/api/aws-identity";
import { SecretsManager } from "@rotated-secrets/operator/aws/calls/secrets-manager";
import type { AwsSession, Sessions } from "@rotated-secrets/operator/aws/calls/sessions";
import { SecurityTokenService } from "@rotated-secrets/operator/aws/identity/security-token-service";
import type { RoleSession } from "@rotated-secrets/sandbox/aws/emulator";
import { startTestEmulator, type TestEmulator } from "@rotated-secrets/sandbox/aws/test-emulator";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const signal = new AbortController().signal;
const ISSUER = "https://cluster.example";
const SUBJECT = "system:serviceaccount:payments:app";
const ROLE = "arn:aws:iam::111122223333:role/payments";
const IDENTITY = { kind: "ServiceAccount", namespace: "payments", name: "app", roleArn: ROLE } as const;
const SCOPE = { region: "eu-west-1", identity: IDENTITY };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

let sandbox: TestEmulator;
const observed: string[] = [];

beforeAll(async () => {
  sandbox = await startTestEmulator();
  // There are no credentials of another identity: without a session, a call is not signed.
  vi.stubEnv("AWS_ENDPOINT_URL", sandbox.aws.endpoint);
  const keys = async () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one" }] });
  const away = () => Promise.reject(new Error("nobody answers"));
  const audiences = ["sts.amazonaws.com"];
  sandbox.aws.trustIssuer({ issuer: ISSUER, audiences, keys });
  sandbox.aws.trustIssuer({ issuer: "https://away.example", audiences, keys: away });
  const trust = { issuer: ISSUER, subjects: [SUBJECT], audience: "sts.amazonaws.com" };
  sandbox.aws.declareRole({
    arn: ROLE,
    trust,
    secrets: ["arn:aws:secretsmanager:*:*:secret:prod/payments/*"],
  });
  const owner = sandbox.client("owner");
  for (const Name of ["prod/payments/db", "prod/orders/db"])
    await owner.createSecret({ Name, SecretString: "planted-1" });
});
afterAll(async () => {
  sts.close();
  await sandbox[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

function token(claims: object = {}): SecretValue<string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const standard = { iss: ISSUER, sub: SUBJECT, aud: ["sts.amazonaws.com"], exp: seconds + 600 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "one" })}.${part({ ...standard, ...claims })}`;
  return new SecretValue(
    `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`,
  );
}

const sts = new SecurityTokenService({
  clock: systemClock,
  version: "0.0.0-test",
  observe: (operation, code) => observed.push(`${operation} ${code}`),
});

function assume(claims: object = {}, roleArn: string = ROLE) {
  const request = { region: "eu-west-1", roleArn, sessionName: "test@payments.app", token: token(claims) };
  return sts.assumeRole(request, signal);
}

describe("a role that is assumed by a token, over the SDK", () => {
  it("is a session of the role's account, for an hour", async () => {
    const answer = await assume();
    if (answer.kind === "problem") throw new Error(JSON.stringify(answer));
    expect(answer.value).toMatchObject({
      accountId: "111122223333",
      accessKeyId: expect.stringMatching(/^ASIA/),
    });
    expect(Math.abs(answer.value.expiresAt - Date.now() - 3_600_000)).toBeLessThan(10_000);
    expect(observed).toContain("AssumeRoleWithWebIdentity OK");
  });

  it.each<[string, object, string, string, string]>([
    ["another ServiceAccount", { sub: "system:serviceaccount:orders:app" }, ROLE, "denied", "AccessDenied"],
    ["no such role", {}, `${ROLE}-2`, "denied", "AccessDenied"],
    ["another issuer", { iss: "https://other.example" }, ROLE, "denied", "InvalidIdentityTokenException"],
    ["a token that is over", { exp: 1_000_000_000 }, ROLE, "denied", "ExpiredTokenException"],
    [
      "an issuer that is away",
      { iss: "https://away.example" },
      ROLE,
      "unavailable",
      "IDPCommunicationErrorException",
    ],
  ])("is refused to %s", async (_, claims, roleArn, kind, code) => {
    const answer = await assume(claims, roleArn);
    expect(answer).toMatchObject({ problem: { kind, code, operation: "AssumeRoleWithWebIdentity" } });
  });
});

describe("the operator's own calls, without keys in its environment", () => {
  const OWN = { region: "eu-west-1", identity: OPERATOR };

  /** Which session signed a call that the default chain found credentials for. */
  async function signer(): Promise<RoleSession | undefined> {
    const calls = new SecretsManager({ clock: systemClock, version: "0.0.0-test" });
    const answer = await calls.describeSecret(OWN, "prod/payments/db", signal);
    calls.close();
    expect(answer).toMatchObject({ kind: "answer" });
    const keyId = sandbox.aws.calls.at(-1)?.accessKeyId;
    return sandbox.aws.sessions.find(({ accessKeyId }) => accessKeyId === keyId);
  }

  it("are signed by IAM roles for service accounts", async () => {
    const file = join(sandbox.dir, "token");
    writeFileSync(file, token().reveal());
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", file);
    vi.stubEnv("AWS_ROLE_ARN", ROLE);
    expect((await signer())?.subject).toBe(SUBJECT);
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", undefined);
    vi.stubEnv("AWS_ROLE_ARN", undefined);
  });

  it("are signed by EKS Pod Identity", async () => {
    const answer = await assume();
    if (answer.kind === "problem") throw new Error(JSON.stringify(answer));
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = answer.value;
    const file = join(sandbox.dir, "pod-token");
    writeFileSync(file, "pod-token");
    // EKS user guide, "How EKS Pod Identity works": an agent on the node returns keys for the token of the pod.
    await using agent = await podIdentityAgent("pod-token", {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey.reveal(),
      Token: sessionToken.reveal(),
      Expiration: new Date(expiresAt).toISOString(),
    });
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.url);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file);
    expect((await signer())?.accessKeyId).toBe(accessKeyId);
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", undefined);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", undefined);
  });
});

async function podIdentityAgent(authorization: string, keys: object) {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== authorization) response.writeHead(401).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/credentials`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe("calls in the name of a ServiceAccount", () => {
  /** Gives out one session after the other. */
  function api(...given: readonly AwsSession[]) {
    const dropped: AwsSession[] = [];
    const sessions: Sessions = {
      of: () => {
        const value = given[Math.min(dropped.length, given.length - 1)];
        if (value === undefined) throw new Error("the test gives no session");
        return Promise.resolve({ kind: "answer", value });
      },
      drop: (session) => void dropped.push(session),
    };
    return { dropped, api: new SecretsManager({ clock: systemClock, version: "0.0.0-test", sessions }) };
  }

  async function session(): Promise<AwsSession> {
    const answer = await assume();
    if (answer.kind === "problem") throw new Error(JSON.stringify(answer));
    return answer.value;
  }

  it("are signed by its session, and see what its role sees", async () => {
    const begun = await session();
    const { api: calls } = api(begun);
    expect(await calls.describeSecret(SCOPE, "prod/payments/db", signal)).toMatchObject({ kind: "answer" });
    expect(sandbox.aws.calls.at(-1)?.accessKeyId).toBe(begun.accessKeyId);
    const other = await calls.describeSecret(SCOPE, "prod/orders/db", signal);
    expect(other).toMatchObject({ problem: { kind: "denied", code: "AccessDeniedException" } });
    calls.close();
  });

  it("begin a new session where AWS does not take the old one any more", async () => {
    const begun = await session();
    const strange = { ...begun, sessionToken: new SecretValue("not-its-token") };
    const { api: calls, dropped } = api(strange, begun);
    const first = await calls.describeSecret(SCOPE, "prod/payments/db", signal);
    expect(first).toMatchObject({ problem: { code: "UnrecognizedClientException" } });
    expect(dropped).toEqual([strange]);
    expect(await calls.describeSecret(SCOPE, "prod/payments/db", signal)).toMatchObject({ kind: "answer" });
    calls.close();
  });

  it("are not made without sessions", async () => {
    const before = sandbox.aws.calls.length;
    const calls = new SecretsManager({ clock: systemClock, version: "0.0.0-test" });
    const answer = await calls.describeSecret(SCOPE, "prod/payments/db", signal);
    expect(answer).toMatchObject({ problem: { kind: "denied", operation: "SecretAccessPolicy" } });
    expect(sandbox.aws.calls).toHaveLength(before);
    calls.close();
  });
});
