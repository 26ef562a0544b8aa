import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CertificateAuthority } from "../control-plane/certificate-authority.ts";
import { type PassThroughProxy, startProxy, type Verdict } from "./proxy.ts";

let upstream: http.Server;
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => unknown;
let connections: number;
let proxy: PassThroughProxy;

beforeEach(async () => {
  connections = 0;
  answer = (_request, response) => response.end("hello");
  upstream = http.createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  upstream.on("connection", () => {
    connections += 1;
  });
  await once(upstream, "listening");
  proxy = await startProxy({ upstream: urlOf(upstream) });
});

afterEach(async () => {
  await proxy.stop();
  await close(upstream);
});

describe("a proxy", () => {
  it("hands on method, path, headers and body as they came, and status, headers and body of the answer", async () => {
    let seen: unknown;
    answer = async (request, response) => {
      const { authorization, connection, host } = request.headers;
      seen = {
        method: request.method,
        url: request.url,
        authorization,
        connection,
        host,
        body: await text(request),
      };
      response
        .writeHead(409, { "x-request-id": "7", "set-cookie": ["a=1", "b=2"] })
        .end('{"reason":"Conflict"}');
    };
    const headers = { authorization: "Bearer token", connection: "close", host: "aws.example" };
    const got = await ask("/a%2Fb?x=1&y", { method: "PATCH", headers }, "the body");
    expect(seen).toEqual({
      method: "PATCH",
      url: "/a%2Fb?x=1&y",
      authorization: "Bearer token",
      connection: "keep-alive",
      host: "aws.example",
      body: "the body",
    });
    expect(got).toMatchObject({ status: 409, body: '{"reason":"Conflict"}' });
    expect(got.headers).toMatchObject({ "x-request-id": "7", "set-cookie": ["a=1", "b=2"] });
  });

  it.each([
    { name: "an empty answer", status: 204, method: "DELETE", headers: {}, length: undefined },
    {
      name: "an answer to HEAD",
      status: 200,
      method: "HEAD",
      headers: { "content-length": "5" },
      length: "5",
    },
  ])("hands on $name", async ({ status, method, headers, length }) => {
    answer = (_request, response) => response.writeHead(status, headers).end();
    const got = await ask("/", { method });
    expect(got).toMatchObject({ status, body: "" });
    expect(got.headers["content-length"]).toBe(length);
  });

  it("keeps a journal with numbers from 1, operations of AWS, watches and statuses", async () => {
    answer = (request, response) => response.writeHead(request.url === "/none" ? 404 : 200).end();
    await ask("/", { method: "POST", headers: { "x-amz-target": "secretsmanager.GetSecretValue" } });
    await ask("/none", { headers: { "user-agent": "operator/1" } });
    await ask("/api/v1/pods?watch=true&resourceVersion=5");
    expect(proxy.calls).toMatchObject([
      { number: 1, method: "POST", target: "GetSecretValue", watch: false, status: 200 },
      { number: 2, method: "GET", path: "/none", userAgent: "operator/1", watch: false, status: 404 },
      { number: 3, watch: true, status: 200 },
    ]);
    proxy.reset();
    expect(proxy.calls).toEqual([]);
    await ask("/again");
    expect(proxy.calls).toMatchObject([{ number: 1, path: "/again" }]);
  });

  it("reuses its connections to upstream", async () => {
    for (let round = 0; round < 100; round++) {
      await Promise.all(Array.from({ length: 10 }, () => ask("/")));
    }
    expect(proxy.calls).toHaveLength(1_000);
    expect(connections).toBeLessThanOrEqual(10);
  });

  it("closes the client's connection when upstream is away, as upstream would", async () => {
    await close(upstream);
    await expect(ask("/")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(proxy.calls[0]).not.toHaveProperty("status");
  });

  it("closes the client's connection when upstream's breaks in the middle of an answer", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    };
    await expect(ask("/")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it.each(["/slow", "/slow?watch=true"])(
    "aborts the request to upstream when the client leaves (%s)",
    async (path) => {
      const aborted = new Promise<void>((resolve) => {
        answer = (_request, response) => {
          response.writeHead(200).write("first");
          response.once("close", resolve);
        };
      });
      const client = http.get(`${proxy.url}${path}`);
      client.on("error", () => {});
      await vi.waitFor(() => expect(proxy.calls[0]?.status).toBe(200));
      client.destroy();
      await aborted;
    },
  );

  it("speaks TLS on both sides", async () => {
    const authority = await CertificateAuthority.create("test-ca");
    const serving = await authority.issueServing("test", { dns: ["localhost"], ip: ["127.0.0.1"] });
    const secure = https.createServer({ cert: serving.certPem, key: serving.keyPem }, (_request, response) =>
      response.end("safe"),
    );
    await once(secure.listen(0, "127.0.0.1"), "listening");
    const upstreamUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const second = await startProxy({ upstream: upstreamUrl, upstreamCaPem: authority.certPem, serving });
    try {
      expect(second.url).toMatch(/^https:/);
      const request = https.get(second.url, { ca: authority.certPem });
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      expect(await text(response)).toBe("safe");
    } finally {
      await second.stop();
      await close(secure);
    }
  });
});

describe("the hook of a proxy", () => {
  it("runs when upstream has answered and before the client has anything, however long the answer is", async () => {
    const long = "x".repeat(1_000_000);
    answer = (_request, response) => response.end(long);
    const order: string[] = [];
    proxy.beforeAnswer(async (call): Promise<Verdict> => {
      expect(call).toMatchObject({ number: 1, status: 200 });
      await new Promise(setImmediate);
      order.push("hook");
      return "pass";
    });
    const request = http.get(proxy.url);
    request.once("response", () => order.push("answer"));
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    expect((await text(response)).length).toBe(long.length);
    expect(order).toEqual(["hook", "answer"]);
  });

  it("drops an answer: upstream has done it, the client never hears of it", async () => {
    let done = 0;
    answer = (_request, response) => {
      done += 1;
      response.end();
    };
    proxy.beforeAnswer((call) => (call.number === 2 ? "drop" : "pass"));
    await ask("/");
    await expect(ask("/")).rejects.toMatchObject({ code: "ECONNRESET" });
    await ask("/");
    expect(done).toBe(3);
    proxy.beforeAnswer(undefined);
    await ask("/");
  });

  it("may end the client meanwhile", async () => {
    const client = http.get(proxy.url);
    client.on("error", () => {});
    const hooked = new Promise<void>((resolve) => {
      proxy.beforeAnswer(async (): Promise<Verdict> => {
        client.destroy();
        await new Promise((closed) => client.once("close", closed));
        resolve();
        return "pass";
      });
    });
    await hooked;
    proxy.beforeAnswer(undefined);
    expect((await ask("/")).body).toBe("hello");
  });

  it.each(["/api/v1/pods?watch=true", "/api/v1/namespaces/a/pods/b/log?follow=true"])(
    "is not asked about a stream, whose events are handed on as they come (%s)",
    async (path) => {
      const hook = vi.fn(() => "drop" as const);
      proxy.beforeAnswer(hook);
      let finish = () => {};
      answer = (_request, response) => {
        response.writeHead(200).write("first");
        finish = () => response.end("last");
      };
      const [response] = (await once(http.get(`${proxy.url}${path}`), "response")) as [http.IncomingMessage];
      const [first] = (await once(response, "data")) as [Buffer];
      expect(first.toString()).toBe("first");
      finish();
      expect(await text(response)).toBe("last");
      expect(hook).not.toHaveBeenCalled();
    },
  );

  it("sends the head of a stream at once, before there is any event", async () => {
    answer = (_request, response) => response.writeHead(200).flushHeaders();
    const [response] = (await once(http.get(`${proxy.url}/?watch=1`), "response")) as [http.IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.destroy();
  });
});

interface Got {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

async function ask(path: string, options: http.RequestOptions = {}, body?: string): Promise<Got> {
  const request = http.request(`${proxy.url}${path}`, { agent: false, ...options }).end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

function urlOf(server: http.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: http.Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
