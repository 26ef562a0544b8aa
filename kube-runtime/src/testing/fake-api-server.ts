import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** A request that arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request. May keep the response open, cut it, or never answer. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void;

/** For tests: an HTTP server that answers as the test wants an API server to answer. */
export class FakeApiServer {
  /** All requests, in order. */
  readonly seen: SeenRequest[] = [];
  /** How requests are answered from now on. */
  answer: Answer = (_, response) => status(response, 404, "NotFound");
  readonly #server: Server;
  readonly #config: KubeConfig;

  private constructor(server: Server) {
    this.#server = server;
    this.#config = kubeConfig({ token: "token-1" }, (server.address() as AddressInfo).port);
  }

  /** Starts a server on a free port of 127.0.0.1. */
  static async start(): Promise<FakeApiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const fake = new FakeApiServer(server);
    server.on("request", (request, response) => {
      void read(request).then((seen) => {
        fake.seen.push(seen);
        fake.answer(seen, response);
      });
    });
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A kubeconfig for this server, with a token. */
  get config(): KubeConfig {
    return this.#config;
  }

  /** All requests that are not watches. */
  get lists(): readonly SeenRequest[] {
    return this.seen.filter(({ query }) => query.watch === undefined);
  }

  /** All requests that are watches. */
  get watches(): readonly SeenRequest[] {
    return this.seen.filter(({ query }) => query.watch !== undefined);
  }

  /** Stops the server and cuts all connections. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
  return {
    method: request.method ?? "",
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

/** A kubeconfig for a fake server. For plain HTTP, client-node needs skipTLSVerify. */
export function kubeConfig(user: Readonly<Record<string, unknown>>, port: number): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: "test", ...user }],
    contexts: [{ name: "fake", cluster: "fake", user: "test" }],
    currentContext: "fake",
  });
  return config;
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Answers with a Status. */
export function status(response: ServerResponse, code: number, reason: string, more: object = {}): void {
  json(response, code, { kind: "Status", code, reason, message: `${reason}: hunter2 is wrong`, ...more });
}

/** Answers with a page. */
export function page(
  response: ServerResponse,
  resourceVersion: string,
  items: unknown[],
  next?: string,
): void {
  json(response, 200, {
    kind: "List",
    metadata: { resourceVersion, ...(next && { continue: next }) },
    items,
  });
}

/** Sends watch events, or parts of lines, and keeps the response open. */
export function send(
  response: ServerResponse,
  ...events: (string | { type: string; object: unknown })[]
): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
  for (const event of events)
    response.write(typeof event === "string" ? event : `${JSON.stringify(event)}\n`);
}

/** A minimal object. */
export function object(name: string, resourceVersion: string, more: object = {}) {
  return {
    metadata: { namespace: "shop", name, resourceVersion, managedFields: [{ manager: "kubectl" }] },
    ...more,
  };
}

/** A bookmark event. */
export function bookmark(resourceVersion: string) {
  return { type: "BOOKMARK", object: { metadata: { resourceVersion } } };
}
