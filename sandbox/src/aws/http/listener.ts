import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HttpAnswer, HttpRequest } from "./message.ts";

/** An HTTP server on loopback that can become unreachable. */
export interface Listener {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** Destroys every connection, and every new one at once, until the returned function is called. */
  goAway(): () => void;
  stop(): Promise<void>;
}

const BODY_BYTES = 8 * 1024 * 1024;
// Longer than SDKs keep an idle connection, so that the server never closes a connection that a client is about to use.
const KEEP_ALIVE_MS = 120_000;

/**
 * Serves `answer` on a free port. An exception in it is a fault of the emulator: it is printed, and the client gets a
 * 500.
 */
export async function listen(answer: (request: HttpRequest) => Promise<HttpAnswer>): Promise<Listener> {
  const sockets = new Set<Socket>();
  let away = 0;
  let stopped = false;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    respond(request, response, answer).catch((error: unknown) => {
      if (response.destroyed) return;
      // Requests that break off while the server stops are not faults.
      if (!stopped) console.error(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.on("connection", (socket: Socket) => {
    if (away > 0) socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    goAway() {
      away += 1;
      cut();
      let back = false;
      return () => {
        if (!back) away -= 1;
        back = true;
      };
    },
    stop: () =>
      new Promise((resolve) => {
        stopped = true;
        server.close(() => resolve());
        cut();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<void> {
  const body = await bodyOf(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  const {
    status,
    headers: sent,
    body: text,
  } = await answer({ method: request.method ?? "GET", path, headers, body });
  response.writeHead(status, { ...sent, "content-length": Buffer.byteLength(text) }).end(text);
}

/** The whole body as UTF-8. @throws Error if it is longer than any request that AWS accepts */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_BYTES) throw new Error(`a request body is longer than ${BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
