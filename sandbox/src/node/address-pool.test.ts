import { afterEach, describe, expect, it } from "vitest";
import { AddressPool } from "./address-pool.ts";

describe.runIf(process.platform === "linux")("AddressPool", () => {
  const pools: AddressPool[] = [];
  afterEach(() => {
    for (const pool of pools.splice(0)) pool.close();
  });
  const claim = async () => {
    const pool = await AddressPool.claim();
    pools.push(pool);
    return pool;
  };

  it("gives every node its own network", async () => {
    const [a, b] = [await claim(), await claim()];
    expect(a.take().local.split(".")[1]).not.toBe(b.take().local.split(".")[1]);
  });

  it("gives a loopback address outside 127.0.0.0/16 and shows it as 10.x", async () => {
    const { local, shown } = (await claim()).take();
    expect(local).toMatch(/^127\.([1-9]\d*)\.0\.2$/);
    expect(shown).toBe(local.replace(/^127/, "10"));
  });

  it("does not reuse an address soon after its release", async () => {
    const pool = await claim();
    const first = pool.take();
    pool.release(first);
    expect(pool.take()).not.toEqual(first);
  });

  it("never gives one address to two pods", async () => {
    const pool = await claim();
    const taken = new Set(Array.from({ length: 1_000 }, () => pool.take().local));
    expect(taken.size).toBe(1_000);
  });
});
