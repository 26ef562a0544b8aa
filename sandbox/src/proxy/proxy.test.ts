import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CertificateAuthority } from "../control-plane/certificate-authority.ts";
import { startProxy } from "./proxy.ts";
import { close, startTestUpstream, type TestUpstream } from "./test-upstream.ts";

let upstream: TestUpstream;

beforeEach(async () => {
  upstream = await startTestUpstream();
});
afterEach(() => upstream.stop());

describe("a proxy", () => {
  it("forwards method, path, headers and body unchanged, and status, headers and body of the answer", async () => {
    let seen: unknown;
    upstream.answer = async (request, response) => {
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
    const got = await upstream.ask("/a%2Fb?x=1&y", { method: "PATCH", headers }, "the body");
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
    upstream.answer = (_request, response) => response.writeHead(status, headers).end();
    const got = await upstream.ask("/", { method });
    expect(got).toMatchObject({ status, body: "" });
    expect(got.headers["content-length"]).toBe(length);
  });

  it("keeps a journal with numbers from 1, operations of AWS, watches and statuses", async () => {
    upstream.answer = (request, response) => response.writeHead(request.url === "/none" ? 404 : 200).end();
    await upstream.ask("/", { method: "POST", headers: { "x-amz-target": "secretsmanager.GetSecretValue" } });
    await upstream.ask("/none", { headers: { "user-agent": "operator/1" } });
    await upstream.ask("/api/v1/pods?watch=true&resourceVersion=5");
    expect(upstream.proxy.calls).toMatchObject([
      { number: 1, method: "POST", target: "GetSecretValue", watch: false, status: 200 },
      { number: 2, method: "GET", path: "/none", userAgent: "operator/1", watch: false, status: 404 },
      { number: 3, watch: true, status: 200 },
    ]);
    upstream.proxy.reset();
    expect(upstream.proxy.calls).toEqual([]);
    await upstream.ask("/again");
    expect(upstream.proxy.calls).toMatchObject([{ number: 1, path: "/again" }]);
  });

  it("reuses its connections to upstream", async () => {
    for (let round = 0; round < 100; round++) {
      await Promise.all(Array.from({ length: 10 }, () => upstream.ask("/")));
    }
    expect(upstream.proxy.calls).toHaveLength(1_000);
    expect(upstream.connections).toBeLessThanOrEqual(10);
  }, 30_000);

  it("closes the client's connection if upstream is away, as upstream would", async () => {
    await upstream.goAway();
    await expect(upstream.ask("/")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(upstream.proxy.calls[0]).not.toHaveProperty("status");
  });

  it("closes the client's connection if upstream's breaks in the middle of an answer", async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    };
    await expect(upstream.ask("/")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it.each(["/slow", "/slow?watch=true"])(
    "aborts the request to upstream when the client leaves (%s)",
    async (path) => {
      const aborted = new Promise<void>((resolve) => {
        upstream.answer = (_request, response) => {
          response.writeHead(200).write("first");
          response.once("close", resolve);
        };
      });
      const client = http.get(`${upstream.proxy.url}${path}`);
      client.on("error", () => {});
      await vi.waitFor(() => expect(upstream.proxy.calls[0]?.status).toBe(200));
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

describe("a stream through a proxy", () => {
  it.each(["/api/v1/pods?watch=true", "/api/v1/namespaces/a/pods/b/log?follow=true"])(
    "is forwarded as it comes (%s)",
    async (path) => {
      let finish = () => {};
      upstream.answer = (_request, response) => {
        response.writeHead(200).write("first");
        finish = () => response.end("last");
      };
      const response = await upstream.open(path);
      const [first] = (await once(response, "data")) as [Buffer];
      expect(first.toString()).toBe("first");
      finish();
      expect(await text(response)).toBe("last");
    },
  );

  it("sends its head at once, before the first event", async () => {
    upstream.answer = (_request, response) => response.writeHead(200).flushHeaders();
    const response = await upstream.open("/?watch=1");
    expect(response.statusCode).toBe(200);
    response.destroy();
  });
});
