import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calls, operations } from "./call-match.ts";
import { old } from "./fault.ts";
import { startTestUpstream, type TestUpstream } from "./test-upstream.ts";

let upstream: TestUpstream;

beforeEach(async () => {
  upstream = await startTestUpstream();
});
afterEach(() => upstream.stop());

describe("an old answer", () => {
  beforeEach(() => {
    let version = 0;
    upstream.answer = (request, response) => {
      if (request.method === "PATCH") version += 1;
      response.end(`version ${version} of ${request.url}`);
    };
  });

  const read = async (path = "/list?limit=500") => (await upstream.ask(path)).body;
  const change = () => upstream.ask("/", { method: "PATCH" });

  it.each([
    { when: "after" as const, versions: 1, expected: "version 2", asked: 4 },
    { when: "after" as const, versions: 3, expected: "version 0", asked: 4 },
    { when: "before" as const, versions: 1, expected: "version 1", asked: 3 },
  ])(
    "is $versions versions old, counted from the answers known $when the call",
    async ({ when, versions, expected, asked }) => {
      for (let version = 0; version < 3; version += 1) {
        await read();
        await read("/another");
        await change();
      }
      upstream.proxy.inject({ on: calls("GET", /list/), when, fault: old(versions) });
      expect(await read()).toBe(`${expected} of /list?limit=500`);
      expect(upstream.reached.filter((call) => call === "GET /list?limit=500")).toHaveLength(asked);
      expect(await read()).toBe("version 3 of /list?limit=500");
    },
  );

  it("counts only different answers to the same read", async () => {
    await read();
    await read();
    await read("/list?limit=500&continue=x");
    await change();
    upstream.proxy.inject({ on: calls("GET", /list/), when: "after", fault: old(1) });
    expect(await read()).toBe("version 0 of /list?limit=500");
  });

  it("of AWS is an answer to the same operation with the same input", async () => {
    const describe = async (body: string) => {
      const headers = { "x-amz-target": "secretsmanager.DescribeSecret" };
      return (await upstream.ask("/", { method: "POST", headers }, body)).body;
    };
    await describe("one");
    await change();
    await describe("other");
    upstream.proxy.inject({ on: operations("DescribeSecret"), when: "after", fault: old(1) });
    expect(await describe("one")).toBe("version 0 of /");
  });
});
