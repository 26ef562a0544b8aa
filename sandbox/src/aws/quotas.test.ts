import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { describe, expect, it } from "vitest";
import { Quotas } from "./quotas.ts";
import { startTestEmulator } from "./test-emulator.ts";

/** How many of `n` calls at the same moment are admitted. */
function admitted(quotas: Quotas, operation: string, n: number): number {
  return Array.from({ length: n }, () => quotas.admits(operation)).filter(Boolean).length;
}

describe("Quotas", () => {
  it.each([
    ["DescribeSecret", 40_000],
    ["GetSecretValue", 10_000],
    ["ListSecrets", 100],
    ["BatchGetSecretValue", 100],
    ["RotateSecret", 50],
    ["UpdateSecretVersionStage", 50],
    ["ListSecretVersionIds", 50],
    ["Invoke", Number.POSITIVE_INFINITY],
  ])("let %s through %d times a second", async (operation, perSecond) => {
    const clock = new ManualClock();
    const quotas = new Quotas(clock, 1);
    const tried = Math.min(perSecond + 10, 50_000);
    expect(admitted(quotas, operation, tried)).toBe(Math.min(perSecond, tried));
    await clock.advance(500);
    expect(admitted(quotas, operation, tried)).toBe(Math.min(perSecond / 2, tried));
  });

  it("are shared by the writes of values and labels, and by RotateSecret and CancelRotateSecret", () => {
    const quotas = new Quotas(new ManualClock(), 1);
    expect(admitted(quotas, "PutSecretValue", 30)).toBe(30);
    expect(admitted(quotas, "UpdateSecretVersionStage", 30)).toBe(20);
    expect(admitted(quotas, "UpdateSecret", 1)).toBe(0);
    expect(admitted(quotas, "RotateSecret", 50)).toBe(50);
    expect(admitted(quotas, "CancelRotateSecret", 1)).toBe(0);
  });

  it("can be a share of AWS's", () => {
    expect(admitted(new Quotas(new ManualClock(), 0.1), "ListSecrets", 100)).toBe(10);
  });
});

describe("an emulator with quotas", () => {
  it("answers calls above the quota with a ThrottlingException, for all callers together", async () => {
    await using emulator = await startTestEmulator({ quotaShare: 0.04, clock: new ManualClock() });
    await emulator
      .client("alice")
      .listSecretVersionIds({ SecretId: "none" })
      .catch(() => {});
    await emulator
      .client("alice")
      .listSecretVersionIds({ SecretId: "none" })
      .catch(() => {});
    await expect(emulator.client("bob").listSecretVersionIds({ SecretId: "none" })).rejects.toMatchObject({
      name: "ThrottlingException",
      $metadata: { httpStatusCode: 400 },
    });
    await emulator.client("bob").listSecrets({});
  });

  it("has no quotas by default", async () => {
    await using emulator = await startTestEmulator();
    const client = emulator.client();
    await client.createSecret({ Name: "a", SecretString: "x" });
    await Promise.all(Array.from({ length: 120 }, () => client.listSecretVersionIds({ SecretId: "a" })));
  });
});
