import { describe, expect, it } from "vitest";
import { startTestEmulator } from "./test-emulator.ts";

describe("the call journal", () => {
  it("has each call with its caller, secret, status and error", async () => {
    await using emulator = await startTestEmulator();
    const { aws } = emulator;
    await emulator.client("alice").createSecret({ Name: "a", SecretString: "x" });
    await emulator
      .client("bob")
      .getSecretValue({ SecretId: "none" })
      .catch(() => {});
    const [alice, bob] = ["alice", "bob"].map((name) => aws.credentials(name).AWS_ACCESS_KEY_ID);
    expect(aws.calls).toEqual([
      {
        number: 1,
        at: expect.any(Number),
        operation: "CreateSecret",
        accessKeyId: alice,
        secretId: "a",
        status: 200,
      },
      {
        number: 2,
        at: expect.any(Number),
        operation: "GetSecretValue",
        accessKeyId: bob,
        secretId: "none",
        status: 400,
        errorCode: "ResourceNotFoundException",
      },
    ]);
    expect(alice).toMatch(/^AKIAALICE[A-Z2-7]{11}$/);
  });
});

describe("fail", () => {
  it("answers the next matching calls with an error, and no others", async () => {
    await using emulator = await startTestEmulator();
    const { aws } = emulator;
    const [alice, bob] = [emulator.client("alice"), emulator.client("bob")];
    const { ARN } = await alice.createSecret({ Name: "a", SecretString: "x" });
    const accessKeyId = aws.credentials("alice").AWS_ACCESS_KEY_ID;
    aws.fail(
      { operation: "GetSecretValue", accessKeyId, secretId: ARN ?? "" },
      { code: "ThrottlingException", message: "Rate exceeded" },
      2,
    );
    await bob.getSecretValue({ SecretId: "a" });
    await alice.describeSecret({ SecretId: "a" });
    for (let n = 0; n < 2; n++) {
      await expect(alice.getSecretValue({ SecretId: "a" })).rejects.toMatchObject({
        name: "ThrottlingException",
        message: "Rate exceeded",
        $metadata: { httpStatusCode: 400 },
      });
    }
    await alice.getSecretValue({ SecretId: "a" });
  });

  it("continues until it is ended, and answers a fault of the server with its status", async () => {
    await using emulator = await startTestEmulator();
    const client = emulator.client();
    const end = emulator.aws.fail({}, { code: "InternalServiceError", message: "sorry" });
    for (let n = 0; n < 3; n++) {
      const failed = client.listSecrets({});
      await expect(failed).rejects.toMatchObject({
        name: "InternalServiceError",
        $metadata: { httpStatusCode: 500 },
      });
    }
    end();
    expect((await client.listSecrets({})).SecretList).toEqual([]);
  });
});

describe("goAway", () => {
  it("breaks all connections until it is back", async () => {
    await using emulator = await startTestEmulator();
    const client = emulator.client();
    await client.listSecrets({});
    const back = emulator.aws.goAway();
    for (let n = 0; n < 3; n++)
      await expect(client.listSecrets({})).rejects.toMatchObject({ code: "ECONNRESET" });
    back();
    await client.listSecrets({});
    expect(emulator.aws.calls).toHaveLength(2);
  });
});

describe("latency", () => {
  it("delays the answer, not the change", async () => {
    await using emulator = await startTestEmulator({ latencyMs: 150 });
    const client = emulator.client();
    const began = performance.now();
    let answered = false;
    const created = client.createSecret({ Name: "a", SecretString: "x" }).then(() => {
      answered = true;
    });
    await expect.poll(() => emulator.aws.labelMoves.length, { interval: 2 }).toBe(1);
    expect(answered).toBe(false);
    await created;
    expect(performance.now() - began).toBeGreaterThanOrEqual(149);
  });
});

describe("STS", () => {
  it("GetCallerIdentity names the caller", async () => {
    await using emulator = await startTestEmulator();
    const { AWS_ACCESS_KEY_ID: key } = emulator.aws.credentials("alice");
    const answer = await fetch(emulator.aws.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261123/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`<Arn>arn:aws:iam::111122223333:user/${key}</Arn>`);
  });
});
