import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type FaultProxy, startProxy } from "./proxy.ts";

/** The way in which an upstream answers a request. */
export type Answering = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

/** The answer that a client received. */
export interface Got {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A real server on loopback with a proxy in front of it, for tests. */
export interface TestUpstream {
  readonly proxy: FaultProxy;
  /** Answers `hello` until a test replaces it. */
  answer: Answering;
  /** Requests that reached it, as `METHOD path`. */
  readonly reached: readonly string[];
  /** Connections to it. */
  readonly connections: number;
  /**
   * Sends a request through the proxy on a new connection, and reads the complete answer. @throws Error if there is
   * none
   */
  ask(path: string, options?: http.RequestOptions, body?: string): Promise<Got>;
  /** Opens a stream through the proxy. Resolves when its head has arrived. */
  open(path: string): Promise<http.IncomingMessage>;
  /** Stops the server. The proxy stays. */
  goAway(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both. */
export async function startTestUpstream(): Promise<TestUpstream> {
  const reached: string[] = [];
  let connections = 0;
  const server = http.createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    return upstream.answer(request, response);
  });
  server.on("connection", () => {
    connections += 1;
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const proxy = await startProxy({ upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const upstream: TestUpstream = {
    proxy,
    answer: (_request, response) => response.end("hello"),
    reached,
    get connections() {
      return connections;
    },
    async ask(path, options = {}, body) {
      const request = http.request(`${proxy.url}${path}`, { agent: false, ...options }).end(body);
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      return { status: response.statusCode, headers: response.headers, body: await text(response) };
    },
    async open(path) {
      const request = http.get(`${proxy.url}${path}`, { agent: false });
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      return response;
    },
    goAway: () => close(server),
    async stop() {
      await proxy.stop();
      await close(server);
    },
  };
  return upstream;
}

/** Stops a server and its connections. Does nothing if it has stopped. */
export async function close(server: http.Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
