import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HealthServer } from "./health.ts";

let server: HealthServer;
let base: string;

beforeEach(async () => {
  server = new HealthServer({ host: "127.0.0.1", port: 0 });
  base = `http://127.0.0.1:${await server.start()}`;
});

afterEach(() => server.stop());

/** Asks as the kubelet does: over a new connection. */
async function get(path: string, method = "GET"): Promise<[number, string]> {
  const response = await fetch(base + path, { method, headers: { connection: "close" } });
  return [response.status, await response.text()];
}

/** Opens a connection from this address, and sends a request without its end. */
async function occupy(localAddress: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(base).port), host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n");
  return socket;
}

describe("clients that never finish their requests", () => {
  it.each([
    ["one pod", () => "127.0.0.2"],
    ["many pods", (n: number) => `127.0.0.${2 + (n % 30)}`],
    ["the node itself", () => "127.0.0.1"],
  ])("do not keep the kubelet out: %s", async (_, addressOf) => {
    const sockets: Socket[] = [];
    for (let n = 0; n < 90; n += 1) {
      sockets.push(await occupy(addressOf(n)));
      if (n % 10 === 0 || n > 60) expect(await get("/healthz")).toEqual([200, "ok\n"]);
    }
    expect(sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length).toBeLessThanOrEqual(
      65,
    );
    for (const socket of sockets) socket.destroy();
  });

  it("of one address do not take the connection of another", async () => {
    const patient = await occupy("127.0.0.3");
    for (let n = 0; n < 90; n += 1) await occupy("127.0.0.2");
    const answer = new Promise<string>((resolve) => patient.once("data", (data) => resolve(String(data))));
    patient.write("\r\n");
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});

describe("the health server", () => {
  it.each([
    ["GET", "/healthz", 200, "ok\n"],
    ["GET", "/readyz", 200, "ok\n"],
    ["GET", "/metrics", 404, "not found\n"],
    ["HEAD", "/healthz", 200, ""],
    ["GET", "/", 404, "not found\n"],
    ["GET", "/debug", 404, "not found\n"],
    ["GET", "/debug/pprof/profile", 404, "not found\n"],
    ["GET", "/metrics/../debug", 404, "not found\n"],
    ["GET", "/healthz/", 404, "not found\n"],
    ["POST", "/healthz", 405, "only GET\n"],
  ])("answers %s %s by %d", async (method, path, status, body) => {
    expect(await get(path, method)).toEqual([status, body]);
  });

  it("fails with the checks that fail, and lists all of them on request", async () => {
    let problem: string | undefined;
    server.addHealthCheck("queue", () => problem);
    server.addHealthCheck("ping", () => undefined);
    expect(await get("/healthz?verbose")).toEqual([200, "[+]queue ok\n[+]ping ok\n"]);
    problem = "it does not drain";
    expect(await get("/healthz")).toEqual([503, "[-]queue failed: it does not drain\n[+]ping ok\n"]);
    expect((await get("/readyz"))[0]).toBe(200);
  });

  it("treats a check that throws as one that fails, without its message", async () => {
    server.addReadyCheck("odd", () => {
      throw new Error("hunter2");
    });
    expect(await get("/readyz")).toEqual([503, "[-]odd failed: the check itself failed\n"]);
  });

  it("rejects headers that are too large", async () => {
    const response = await fetch(`${base}/healthz`, { headers: { large: "x".repeat(10_000) } });
    expect(response.status).toBe(431);
  });

  it("reports that the address is in use", async () => {
    const port = Number(new URL(base).port);
    const second = new HealthServer({ host: "127.0.0.1", port });
    await expect(second.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("stops although a client keeps its connection open", async () => {
    const socket = connect(Number(new URL(base).port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.on("error", () => {});
    await server.stop();
    await new Promise((resolve) => socket.once("close", resolve));
  });
});
