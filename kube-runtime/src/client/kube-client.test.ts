import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  bookmark,
  FakeApiServer,
  json,
  kubeConfig,
  object,
  send,
  status,
} from "../testing/fake-api-server.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { ApiError, ConnectionError } from "./api-error.ts";
import { KubeClient } from "./kube-client.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";

let server: FakeApiServer;
let client: KubeClient;
let observed: string[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  observed = [];
  client = new KubeClient({
    config: server.config,
    userAgent: "test/1",
    timeoutMs: 300,
    watchSilenceMs: 300,
    observe: ({ method, code }) => observed.push(`${method} ${code}`),
  });
});

afterEach(async () => {
  await client.close();
  await server.stop();
});

describe("a request", () => {
  beforeEach(() => {
    server.answer = (_, response) => json(response, 200, object("web", "7"));
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ["get", () => client.get(PATH), { method: "GET", query: {}, body: "" }],
    ["list", () => client.list(PATH, { limit: 5 }), { method: "GET", query: { limit: "5" } }],
    ["update", () => client.update(PATH, { a: 1 }), { method: "PUT", query: {}, body: '{"a":1}' }],
    ["create", () => client.create(PATH, { a: 1 }), { method: "POST", body: '{"a":1}' }],
    [
      "apply",
      () => client.apply(PATH, { a: 1 }, { fieldManager: "me", force: true }),
      { method: "PATCH", query: { fieldManager: "me", force: "true" }, body: '{"a":1}' },
    ],
    ["patch", () => client.patch(PATH, [], { type: "json" }), { method: "PATCH", query: {}, body: "[]" }],
    [
      "delete",
      () => client.delete(PATH, { preconditions: { uid: "u" } }),
      { method: "DELETE", body: '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u"}}' },
    ],
    [
      "delete at once",
      () => client.delete(PATH, { gracePeriodSeconds: 0 }),
      { method: "DELETE", body: '{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0}' },
    ],
  ])("%s sends its verb, path, query and body", async (_, send, expected) => {
    await send();
    expect(server.seen[0]).toMatchObject({ path: PATH, ...expected });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: "Bearer token-1",
      "user-agent": "test/1",
      accept: "application/json, */*",
    });
  });

  it.each([
    ["merge", "application/merge-patch+json"],
    ["json", "application/json-patch+json"],
    ["strategic", "application/strategic-merge-patch+json"],
  ] as const)("patches by %s", async (type, contentType) => {
    await client.patch(PATH, {}, { type });
    expect(server.seen[0]?.headers["content-type"]).toBe(contentType);
  });

  it("shares connections with all other requests", async () => {
    const ports = new Set<unknown>();
    server.answer = (_, response) => {
      ports.add(response.socket?.remotePort);
      json(response, 200, object("web", "7"));
    };
    for (let n = 0; n < 20; n += 1) await client.get(PATH);
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});

describe("find", () => {
  it("gives the object, or undefined where there is none", async () => {
    server.answer = (_, response) => json(response, 200, object("web", "7"));
    expect(await client.find(PATH)).toMatchObject({ metadata: { name: "web" } });
    server.answer = (_, response) => status(response, 404, "NotFound");
    expect(await client.find(PATH)).toBeUndefined();
  });

  it("does not take a refusal for an absence", async () => {
    server.answer = (_, response) => status(response, 403, "Forbidden");
    await expect(client.find(PATH)).rejects.toMatchObject({ status: 403 });
  });
});

describe("an error", () => {
  it("has only what may be shown, and how long to wait", async () => {
    const cause = { reason: "FieldManagerConflict", message: "conflict with x", field: ".spec" };
    server.answer = (_, response) =>
      status(response, 429, "TooManyRequests", { details: { retryAfterSeconds: 3, causes: [cause] } });
    const error = await client.get(PATH).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 429,
      reason: "TooManyRequests",
      retryAfterMs: 3_000,
      causes: [{ reason: "FieldManagerConflict", field: ".spec" }],
      message: `GET ${PATH}: the API server answered 429 TooManyRequests: TooManyRequests: hunter2 is wrong`,
    });
  });

  it.each([
    ["a Secret", "/api/v1/namespaces/shop/secrets/db", 422],
    ["all Secrets", "/api/v1/secrets", 500],
  ])("does not repeat the server's message about %s", async (_, path, code) => {
    server.answer = (_request, response) => status(response, code, "Invalid");
    const error = await client.get(path).catch((thrown: unknown) => thrown);
    expect(String(error) + JSON.stringify(error)).not.toContain("hunter2");
  });

  it("has a Retry-After of at most a minute", async () => {
    server.answer = (_, response) => response.writeHead(503, { "retry-after": "86400" }).end();
    await expect(client.get(PATH)).rejects.toMatchObject({ status: 503, retryAfterMs: 60_000 });
  });

  it("is read without a Status too, such as a proxy's page", async () => {
    server.answer = (_, response) =>
      response.writeHead(502, { "retry-after": "2" }).end("<html>hunter2</html>");
    await expect(client.get(PATH)).rejects.toMatchObject({
      status: 502,
      reason: "HTTP 502",
      retryAfterMs: 2_000,
    });
    expect(observed).toEqual(["GET 502"]);
  });

  it.each<[string, FakeApiServer["answer"], string]>([
    ["the connection is cut", (_, response) => response.destroy(), "UND_ERR_SOCKET"],
    ["the answer never comes", () => {}, "TIMEOUT"],
    ["the answer never ends", (_, response) => response.writeHead(200).write("{"), "TIMEOUT"],
    ["the answer is not JSON", (_, response) => response.end("hunter2"), "BAD_ANSWER"],
  ])("says in one word that %s", async (_, answer, reason) => {
    server.answer = answer;
    const error = await client.get(PATH).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as ConnectionError).reason).toBe(reason);
    expect(String(error)).not.toContain("hunter2");
  });

  it("is the signal's reason when the caller aborts", async () => {
    server.answer = () => {};
    const reason = new Error("enough");
    const given = new AbortController();
    const answer = client.get(PATH, { signal: given.signal });
    await vi.waitFor(() => expect(server.seen.length).toBe(1));
    given.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  it("is reported when no server listens", async () => {
    await server.stop();
    await expect(client.get(PATH)).rejects.toMatchObject({ name: "ConnectionError", reason: "ECONNREFUSED" });
    expect(observed).toEqual(["GET <error>"]);
  });
});

describe("a watch", () => {
  const watch = async (signal = new AbortController().signal) => {
    const versions: (string | undefined)[] = [];
    for await (const { object: seen } of client.watch(PATH, {}, signal))
      versions.push(seen.metadata.resourceVersion);
    return versions;
  };

  it("yields events however the stream is cut into pieces, and ends with it", async () => {
    const text = `${JSON.stringify({ type: "ADDED", object: object("blåbær", "1") })}\n${JSON.stringify(bookmark("2"))}\n`;
    server.answer = (_, response) => {
      for (const byte of Buffer.from(text)) response.write(Buffer.of(byte));
      response.end();
    };
    expect(await watch()).toEqual(["1", "2"]);
  });

  it("throws an ERROR event as an error", async () => {
    server.answer = (_, response) =>
      send(response, { type: "ERROR", object: { code: 410, reason: "Expired" } });
    await expect(watch()).rejects.toMatchObject({ status: 410, reason: "Expired" });
  });

  it("throws when it is silent", async () => {
    server.answer = (_, response) => send(response);
    await expect(watch()).rejects.toMatchObject({ reason: "UND_ERR_BODY_TIMEOUT" });
  });

  it("ends when the caller aborts", async () => {
    server.answer = (_, response) => send(response, bookmark("2"));
    const given = new AbortController();
    const watching = watch(given.signal);
    await vi.waitFor(() => expect(server.seen.length).toBe(1));
    given.abort(new Error("enough"));
    await expect(watching).rejects.toThrow("enough");
  });

  it("does not keep requests waiting, however many there are", async () => {
    server.answer = ({ query }, response) => {
      if (query.watch) send(response, bookmark("1"));
      else json(response, 200, object("web", "7"));
    };
    const given = new AbortController();
    const watches = Array.from({ length: 40 }, () => watch(given.signal).catch(() => {}));
    await vi.waitFor(() => expect(server.watches.length).toBe(40));
    await client.get(PATH);
    given.abort();
    await Promise.all(watches);
  });
});

describe("the credentials", () => {
  it("are read again from the token's file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const tokenFile = join(folder, "token");
      writeFileSync(tokenFile, "old\n");
      const config = kubeConfig({ authProvider: { name: "tokenFile", config: { tokenFile } } }, server.port);
      const clock = new ManualClock();
      const own = new KubeClient({ config, userAgent: "test/1", clock });
      server.answer = (_, response) => json(response, 200, {});
      await own.get(PATH);
      writeFileSync(tokenFile, "new\n");
      await own.get(PATH);
      await clock.advance(61_000);
      vi.setSystemTime(Date.now() + 61_000);
      await own.get(PATH);
      expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
        "Bearer old",
        "Bearer old",
        "Bearer new",
      ]);
      await own.close();
    } finally {
      vi.useRealTimers();
      rmSync(folder, { recursive: true });
    }
  });
});
