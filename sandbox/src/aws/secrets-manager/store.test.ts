import { describe, expect, it } from "vitest";
import type { Clock } from "../clock.ts";
import { startTestEmulator } from "../test-emulator.ts";

/** A clock that stands where it is put. */
function handClock(start: number): Clock & { time: number } {
  return {
    time: start,
    now() {
      return this.time;
    },
    sleep: () => Promise.resolve(),
  };
}

const NOON = Date.UTC(2026, 10, 23, 12);

/** After how many milliseconds, in steps, a read and a list know of each of five changes. */
async function lags(seed: number): Promise<{ reads: number[]; lists: number[] }> {
  const clock = handClock(NOON);
  await using emulator = await startTestEmulator({ readLagMs: 100, listLagMs: 1000, seed, clock });
  const client = emulator.client();
  await client.createSecret({ Name: "a", SecretString: "0", Description: "0" });
  const found = { reads: [] as number[], lists: [] as number[] };
  for (let n = 1; n <= 5; n++) {
    clock.time += 60_000;
    const changedAt = clock.time;
    await client.updateSecret({ SecretId: "a", SecretString: String(n), Description: String(n) });
    while ((await client.getSecretValue({ SecretId: "a" })).SecretString !== String(n)) clock.time += 10;
    found.reads.push(clock.time - changedAt);
    while ((await client.listSecrets({})).SecretList?.[0]?.Description !== String(n)) clock.time += 50;
    found.lists.push(clock.time - changedAt);
  }
  return found;
}

describe("eventual consistency", () => {
  it("shows each change after a lag of its own, within the bound", async () => {
    const { reads, lists } = await lags(1);
    expect(new Set(reads).size).toBeGreaterThan(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(110);
    expect(Math.max(...lists)).toBeGreaterThan(100);
    expect(Math.max(...lists)).toBeLessThanOrEqual(1050);
  });

  it("is the same for the same seed, and another for another", async () => {
    const [one, again, other] = [await lags(1), await lags(1), await lags(2)];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it("hides no write from the conditions of the next write", async () => {
    const clock = handClock(NOON);
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
    clock.time += 1000;
    expect((await client.getSecretValue({ SecretId: "a" })).VersionId).toBe(one);
  });
});
