import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HealthServer } from "./health.ts";

let server: HealthServer;
let base: string;

beforeEach(async () => {
  server = new HealthServer({
    host: "127.0.0.1",
    port: 0,
    metrics: { contentType: "text/plain; version=0.0.4", metrics: async () => "up 1\n" },
  });
  base = `http://127.0.0.1:${await server.start()}`;
});

afterEach(() => server.stop());

async function get(path: string, method = "GET"): Promise<[number, string]> {
  const response = await fetch(base + path, { method });
  return [response.status, await response.text()];
}

describe("the health server", () => {
  it.each([
    ["GET", "/healthz", 200, "ok\n"],
    ["GET", "/readyz", 200, "ok\n"],
    ["GET", "/metrics", 200, "up 1\n"],
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
    const second = new HealthServer({
      host: "127.0.0.1",
      port,
      metrics: { contentType: "text/plain", metrics: async () => "" },
    });
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
