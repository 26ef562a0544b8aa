import * as http from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { calls, operations, watches } from "./call-match.ts";
import { type CallFault, cut, delay, hang, kill, repeat } from "./fault.ts";
import { startTestUpstream, type TestUpstream } from "./test-upstream.ts";
import * as wrong from "./wrong-answers.ts";

const SECRET = "/api/v1/namespaces/shop/secrets/db";
const WATCH = "/api/v1/secrets?watch=true";

let upstream: TestUpstream;

beforeEach(async () => {
  upstream = await startTestUpstream();
});
afterEach(() => upstream.stop());

/** `done` for upstream's own answer, the status of another answer, or `cut` for a closed connection. */
async function outcomeOf(path = SECRET, options: http.RequestOptions = { method: "PATCH" }) {
  try {
    const { status, body } = await upstream.ask(path, options);
    return status === 200 && body === "hello" ? "done" : status;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ECONNRESET" ? "cut" : error;
  }
}

/** How many times upstream receives a call that the fault ends. */
const OVER = { before: 0, after: 1 };

describe("a fault strikes", () => {
  const faults: readonly (readonly [string, CallFault, unknown, { before: number; after: number }])[] = [
    ["cut", cut, "cut", OVER],
    ["kill", kill(() => {}), "cut", OVER],
    ["429", wrong.tooManyRequests(), 429, OVER],
    ["500", wrong.internalError, 500, OVER],
    ["410", wrong.gone, 410, OVER],
    ["409", wrong.conflict, 409, OVER],
    ["delay", delay(1), "done", { before: 1, after: 1 }],
    ["repeat", repeat, "done", { before: 2, after: 2 }],
  ];

  it.each(faults)(
    "%s: before upstream has the call, or when upstream has done it",
    async (_, fault, outcome, times) => {
      const on = calls("PATCH", /secrets/);
      upstream.proxy.inject({ on, when: "before", fault });
      expect(await outcomeOf()).toBe(outcome);
      expect(upstream.reached).toHaveLength(times.before);
      upstream.proxy.inject({ on, when: "after", fault });
      expect(await outcomeOf()).toBe(outcome);
      expect(upstream.reached).toHaveLength(times.before + times.after);
      expect(await outcomeOf()).toBe("done");
    },
  );

  it.each([
    { name: "the first that matches", aim: {}, outcomes: ["cut", "done", "done", "done"] },
    { name: "the second", aim: { nth: 2 }, outcomes: ["done", "cut", "done", "done"] },
    { name: "the next two", aim: { times: 2 }, outcomes: ["cut", "cut", "done", "done"] },
    {
      name: "all from the third",
      aim: { nth: 3, times: Infinity },
      outcomes: ["done", "done", "cut", "cut"],
    },
  ])("$name", async ({ aim, outcomes }) => {
    const { hit } = upstream.proxy.inject({
      on: calls("PATCH", /secrets/),
      ...aim,
      when: "before",
      fault: cut,
    });
    const seen: unknown[] = [];
    for (let round = 0; round < outcomes.length; round += 1) seen.push(await outcomeOf());
    expect(seen).toEqual(outcomes);
    expect(hit.map(({ number }) => number)).toEqual(
      outcomes.flatMap((outcome, index) => (outcome === "cut" ? [index + 1] : [])),
    );
  });

  it("until it is removed", async () => {
    const all = { on: calls("PATCH", /secrets/), times: Infinity, when: "before", fault: cut } as const;
    const injected = upstream.proxy.inject(all);
    expect(await outcomeOf()).toBe("cut");
    injected.remove();
    expect(await outcomeOf()).toBe("done");
  });

  it("in the order of the script, if several match one call", async () => {
    const on = calls("PATCH", /secrets/);
    upstream.proxy.inject({ on, when: "before", fault: wrong.conflict });
    upstream.proxy.inject({ on, when: "before", fault: cut, nth: 2 });
    upstream.proxy.inject({ on, times: 2, when: "after", fault: wrong.internalError });
    expect([await outcomeOf(), await outcomeOf(), await outcomeOf()]).toEqual([409, "cut", "done"]);
  });
});

describe("a fault is aimed at", () => {
  it.each([
    {
      what: "a method and a path",
      on: calls("PATCH", /secrets[/]db$/),
      path: SECRET,
      method: "PATCH",
      hits: true,
    },
    { what: "another method", on: calls("POST", /secrets/), path: SECRET, method: "PATCH", hits: false },
    {
      what: "a part of the query only",
      on: calls("GET", /secrets/),
      path: "/a?of=secrets",
      method: "GET",
      hits: false,
    },
    { what: "no watch, by calls", on: calls("GET", /secrets/), path: WATCH, method: "GET", hits: false },
    { what: "a watch, by watches", on: watches(/secrets/), path: WATCH, method: "GET", hits: true },
    {
      what: "no list, by watches",
      on: watches(/secrets/),
      path: "/api/v1/secrets",
      method: "GET",
      hits: false,
    },
  ])("$what", async ({ on, path, method, hits }) => {
    upstream.proxy.inject({ on, when: "before", fault: cut });
    expect(await outcomeOf(path, { method })).toBe(hits ? "cut" : "done");
  });

  it("an operation of AWS", async () => {
    const call = (name: string) => ({
      method: "POST",
      headers: { "x-amz-target": `secretsmanager.${name}` },
    });
    upstream.proxy.inject({ on: operations("GetSecretValue"), when: "before", fault: wrong.throttled });
    expect(await outcomeOf("/", call("DescribeSecret"))).toBe("done");
    expect(await outcomeOf("/", call("GetSecretValue"))).toBe(400);
  });
});

describe("a call that is repeated", () => {
  it.each([
    { when: "before", answer: "answer 2" },
    { when: "after", answer: "answer 1" },
  ] as const)("$when has its client hear $answer", async ({ when, answer }) => {
    upstream.answer = (_request, response) => response.end(`answer ${upstream.reached.length}`);
    upstream.proxy.inject({ on: () => true, when, fault: repeat });
    expect((await upstream.ask("/")).body).toBe(answer);
    expect(upstream.reached).toHaveLength(2);
  });
});

describe("a kill", () => {
  it("ends the client before anything else continues", async () => {
    const order: string[] = [];
    upstream.answer = (_request, response) => {
      order.push("upstream");
      response.end();
    };
    const end = async ({ number, status }: { number: number; status?: number }) => {
      await new Promise(setImmediate);
      order.push(`call ${number} with ${status} has killed`);
    };
    upstream.proxy.inject({ on: () => true, when: "after", fault: kill(end) });
    expect(await outcomeOf()).toBe("cut");
    expect(order).toEqual(["upstream", "call 1 with 200 has killed"]);
  });

  it("may meet a client that has left", async () => {
    const client = http.get(upstream.proxy.url);
    client.on("error", () => {});
    const killed = new Promise<void>((resolve) => {
      const end = async () => {
        client.destroy();
        await new Promise((closed) => client.once("close", closed));
        resolve();
      };
      upstream.proxy.inject({ on: () => true, when: "after", fault: kill(end) });
    });
    await killed;
    expect(await outcomeOf()).toBe("done");
  });
});

describe("time", () => {
  it.each(["before", "after"] as const)(
    "a call that hangs %s ends when its client gives up",
    async (when) => {
      upstream.proxy.inject({ on: () => true, when, fault: hang });
      const client = http.get(upstream.proxy.url);
      client.on("error", () => {});
      const reached = when === "after" ? 1 : 0;
      await vi.waitFor(() => {
        expect(upstream.proxy.calls).toHaveLength(1);
        expect(upstream.reached).toHaveLength(reached);
      });
      client.destroy();
      expect(await outcomeOf()).toBe("done");
      expect(upstream.reached).toHaveLength(reached + 1);
    },
  );

  it("a delayed call is carried out late even if its client has given up", async () => {
    upstream.proxy.inject({ on: calls("GET", /late/), when: "before", fault: delay(100) });
    const client = http.get(`${upstream.proxy.url}/late`);
    client.on("error", () => {});
    await vi.waitFor(() => expect(upstream.proxy.calls).toHaveLength(1));
    client.destroy();
    expect(upstream.reached).toEqual([]);
    await vi.waitFor(() => expect(upstream.reached).toEqual(["GET /late"]));
  });

  it("a proxy that stops ends calls that hang", async () => {
    upstream.proxy.inject({ on: calls("GET", /hang/), when: "before", fault: hang });
    upstream.proxy.inject({ on: calls("GET", /delay/), when: "before", fault: delay(3_600_000) });
    const asked = ["/hang", "/delay"].map((path) => outcomeOf(path, {}));
    await vi.waitFor(() => expect(upstream.proxy.calls).toHaveLength(2));
    await upstream.proxy.stop();
    expect(await Promise.all(asked)).toEqual(["cut", "cut"]);
  });
});
