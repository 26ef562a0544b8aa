import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { describe, expect, it } from "vitest";
import { startTestEmulator } from "../test-emulator.ts";
import { LaggingView } from "./lagging-view.ts";
import { emptySecret } from "./new-secret.ts";
import { seededLags } from "./seeded-lags.ts";
import { SecretStore } from "./store.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

/** The lag, in steps of 10 ms, after which a read and a list show each of five changes. */
function lags(seed: number): { reads: number[]; lists: number[] } {
  let now = NOON;
  const store = new SecretStore({
    now: () => now,
    reads: new LaggingView(seededLags(seed, "reads", 100)),
    lists: new LaggingView(seededLags(seed, "lists", 1_000)),
  });
  const secret = emptySecret(
    { Name: "a" },
    { region: "eu-west-1", accountId: "111122223333", now: NOON, arnSuffix: () => "AbCdEf" },
  );
  const found = { reads: [] as number[], lists: [] as number[] };
  for (let n = 1; n <= 5; n++) {
    now += 60_000;
    const changedAt = now;
    store.apply({ kind: "put", secret: { ...secret, description: String(n) } });
    for (const sight of ["reads", "lists"] as const) {
      while (store.seenBy(sight).get(secret.arn)?.description !== String(n)) now += 10;
      found[sight].push(now - changedAt);
    }
  }
  return found;
}

describe("eventual consistency", () => {
  it("shows each change after its own lag, within the limit", () => {
    const { reads, lists } = lags(1);
    expect(new Set(reads).size).toBeGreaterThan(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(110);
    expect(Math.max(...lists)).toBeGreaterThan(100);
    expect(Math.max(...lists)).toBeLessThanOrEqual(1010);
  });

  it("is the same for the same seed, and differs for another seed", () => {
    const [one, again, other] = [lags(1), lags(1), lags(2)];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it("does not hide a write from the conditions of the next write", async () => {
    const clock = new ManualClock(NOON);
    await using emulator = await startTestEmulator({ readLagMs: 1000, clock });
    const client = emulator.client();
    const { VersionId: one } = await client.createSecret({ Name: "a", SecretString: "1" });
    await expect(client.describeSecret({ SecretId: "a" })).rejects.toThrow("can't find the specified secret");
    await expect(client.createSecret({ Name: "a", SecretString: "2" })).rejects.toThrow("already exists");
    const { VersionId: two } = await client.putSecretValue({ SecretId: "a", SecretString: "2" });
    const move = {
      SecretId: "a",
      VersionStage: "AWSCURRENT",
      MoveToVersionId: one,
      RemoveFromVersionId: two,
    };
    await client.updateSecretVersionStage(move);
    await expect(client.updateSecretVersionStage(move)).rejects.toThrow(
      "must be set to the version that currently has",
    );
    await clock.advance(1_000);
    expect((await client.getSecretValue({ SecretId: "a" })).VersionId).toBe(one);
  });
});
