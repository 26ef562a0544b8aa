import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../time/manual-clock.ts";
import { MetricsServer } from "./metrics-server.ts";

let clock: ManualClock;
let made: number;
/** How long a text takes to make, in ms. */
let cost: number;
let server: MetricsServer;
let base: string;

beforeEach(async () => {
  clock = new ManualClock();
  made = 0;
  cost = 0;
  const metrics = async () => {
    made += 1;
    const text = `made ${made}\n`;
    await clock.advance(cost);
    return text;
  };
  server = new MetricsServer({
    host: "127.0.0.1",
    port: 0,
    clock,
    metrics: { contentType: "text/plain; version=0.0.4", metrics },
  });
  base = `http://127.0.0.1:${await server.start()}`;
});

afterEach(() => server.stop());

async function scrape(): Promise<string> {
  return await (await fetch(`${base}/metrics`)).text();
}

describe("the metrics server", () => {
  it("answers with the text and its type, and nothing else", async () => {
    const answer = await fetch(`${base}/metrics`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4"]);
    expect(await answer.text()).toBe("made 1\n");
    expect((await fetch(`${base}/healthz`)).status).toBe(404);
  });

  it("makes one text for all that ask at the same time", async () => {
    expect(new Set(await Promise.all(Array.from({ length: 50 }, scrape)))).toEqual(new Set(["made 1\n"]));
  });

  it.each([
    ["a second", 1, 1_000],
    ["20 times as long as it took to make", 100, 2_000],
    ["10 s, when it took very long", 2_000, 10_000],
  ])("serves a text again for %s", async (_, ms, keptMs) => {
    cost = ms;
    await scrape();
    await clock.advance(keptMs - 1);
    expect(await scrape()).toBe("made 1\n");
    await clock.advance(1);
    expect(await scrape()).toBe("made 2\n");
  });

  it("makes a new text after one that failed", async () => {
    const failing = new MetricsServer({
      ...{ host: "127.0.0.1", port: 0, clock },
      metrics: {
        contentType: "text/plain",
        metrics: async () => {
          made += 1;
          if (made === 1) throw new Error("hunter2");
          return "well\n";
        },
      },
    });
    const port = await failing.start();
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow("fetch failed");
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toBe("well\n");
    await failing.stop();
  });
});
