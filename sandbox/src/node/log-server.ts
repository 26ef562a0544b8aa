import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { streamLog } from "./log-stream.ts";
import type { PodLogs } from "./pod-logs.ts";

const PATH = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * Serves `kubectl logs` on loopback: the API server requests `/containerLogs/NAMESPACE/POD/CONTAINER` from the node.
 */
export class LogServer {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(
    logs: PodLogs,
    serving: { readonly certPem: string; readonly keyPem: string },
  ): Promise<LogServer> {
    const server = createServer({ cert: serving.certPem, key: serving.keyPem }, (request, response) => {
      answer(logs, request, response).catch(() => response.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new LogServer(server);
  }

  /** Stops the server and all connections that follow a log. */
  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(logs: PodLogs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "https://node");
  const [, namespace, pod, container] = PATH.exec(url.pathname)?.map(decodeURIComponent) ?? [];
  if (!namespace || !pod || !container)
    return refuse(response, 404, "the process node serves container logs only");
  const previous = url.searchParams.get("previous") === "true";
  const log = logs.find(namespace, pod, container, previous ? "previous" : "current");
  if (!log) {
    const which = previous ? "previous terminated container" : "container";
    return refuse(response, 400, `${which} "${container}" in pod "${pod}" not found`);
  }
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  const tail = url.searchParams.get("tailLines");
  const follow = url.searchParams.get("follow") === "true";
  await streamLog(
    log,
    { follow, ...(tail === null ? {} : { tailLines: Number(tail) }) },
    response,
    gone.signal,
  );
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(message);
}
