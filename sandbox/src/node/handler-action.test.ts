import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ActionTarget, type HandlerAction, portNumber, runAction } from "./handler-action.ts";

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/silent") return;
    const status = request.headers["x-status"] ?? request.url?.slice(1);
    response.writeHead(Number(status)).end("body");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function run(action: HandlerAction, timeoutMs = 1_000): Promise<boolean> {
  const target: ActionTarget = {
    address: "127.0.0.1",
    container: { name: "main", ports: [{ name: "http", containerPort: port }] },
    exec: async ([program]) => program === "true",
  };
  return runAction(action, target, AbortSignal.timeout(timeoutMs));
}

describe("runAction", () => {
  it.each<[string, () => HandlerAction, boolean]>([
    ["an answer of 200", () => ({ httpGet: { port, path: "/200" } }), true],
    ["an answer of 302, which is not followed", () => ({ httpGet: { port, path: "/302" } }), true],
    ["an answer of 404", () => ({ httpGet: { port, path: "/404" } }), false],
    ["an answer of 500", () => ({ httpGet: { port, path: "/500" } }), false],
    ["a port by its name", () => ({ httpGet: { port: "http", path: "/200" } }), true],
    ["a name that no port has", () => ({ httpGet: { port: "metrics", path: "/200" } }), false],
    [
      "headers",
      () => ({ httpGet: { port, path: "/200", httpHeaders: [{ name: "x-status", value: "500" }] } }),
      false,
    ],
    ["another host", () => ({ httpGet: { port, path: "/200", host: "127.0.0.9" } }), false],
    ["a TCP port that is open", () => ({ tcpSocket: { port } }), true],
    ["a TCP port that is closed", () => ({ tcpSocket: { port: 1 } }), false],
    ["a command that ends with 0", () => ({ exec: { command: ["true"] } }), true],
    ["a command that fails", () => ({ exec: { command: ["false"] } }), false],
    ["nothing at all", () => ({}), false],
  ])("%s", async (_why, action, expected) => {
    expect(await run(action())).toBe(expected);
  });

  it("fails when no answer comes in time", async () => {
    expect(await run({ httpGet: { port, path: "/silent" } }, 50)).toBe(false);
  });
});

describe("portNumber", () => {
  it("takes a number that is written as text", () => {
    expect(portNumber("8080", { name: "main" })).toBe(8080);
  });
});
