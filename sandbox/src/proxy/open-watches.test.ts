import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { calls, watches } from "./call-match.ts";
import { cut, silence } from "./fault.ts";
import { startTestUpstream, type TestUpstream } from "./test-upstream.ts";
import { expired } from "./wrong-answers.ts";

const WATCH = "/api/v1/secrets?watch=true";

let upstream: TestUpstream;

beforeEach(async () => {
  upstream = await startTestUpstream();
});
afterEach(() => upstream.stop());

describe("an open watch", () => {
  let say: (line: string) => void;
  let end: () => void;

  beforeEach(() => {
    upstream.answer = (_request, response) => {
      response.writeHead(200).flushHeaders();
      say = (line) => void response.write(`${line}\n`);
      end = () => response.end();
    };
  });

  it("falls silent: its events and its end are dropped while the connection stays open, and a later watch is not affected", async () => {
    const first = await upstream.open(WATCH);
    const lines = first[Symbol.asyncIterator]();
    say("1");
    expect(String((await lines.next()).value)).toBe("1\n");
    const { hit } = upstream.proxy.inject({ on: watches(/secrets/), when: "now", fault: silence });
    expect(hit).toHaveLength(1);
    say("2");
    end();
    let hasEnded = false;
    first.once("close", () => {
      hasEnded = true;
    });
    const second = await upstream.open(WATCH);
    say("3");
    end();
    expect(await text(second)).toBe("3\n");
    expect(hasEnded).toBe(false);
    first.destroy();
  });

  it("loses the events that came while it was silent, and continues afterwards", async () => {
    const watch = await upstream.open(WATCH);
    const seen = createInterface(watch)[Symbol.asyncIterator]();
    const silenced = upstream.proxy.inject({ on: watches(/secrets/), when: "now", fault: silence });
    say("lost");
    await vi.waitFor(() => expect(silenced.swallowedBytes).toBe("lost\n".length));
    silenced.remove();
    say("seen");
    expect((await seen.next()).value).toBe("seen");
    watch.destroy();
  });

  it("is cut", async () => {
    const watch = await upstream.open(WATCH);
    say("1");
    await once(watch, "data");
    upstream.proxy.inject({ on: watches(/secrets/), when: "now", fault: cut });
    await expect(text(watch)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("ends with 410 in an event, like the API server", async () => {
    const watch = await upstream.open(WATCH);
    upstream.proxy.inject({ on: watches(/secrets/), when: "now", fault: expired });
    expect(JSON.parse(await text(watch))).toMatchObject({
      type: "ERROR",
      object: { code: 410, reason: "Expired" },
    });
  });

  it("is not affected by faults for other watches, or for calls", async () => {
    const watch = await upstream.open(WATCH);
    upstream.proxy.inject({ on: watches(/deployments/), when: "now", fault: cut });
    upstream.proxy.inject({ on: calls("GET", /secrets/), when: "before", fault: cut });
    say("1");
    end();
    expect(await text(watch)).toBe("1\n");
  });
});
