import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { OpenConnections } from "./open-connections.ts";

/** Where a server listens. */
export interface ServerAddress {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on. 0 selects a free one. */
  readonly port: number;
}

/** An answer to a GET or HEAD request. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Answers a path and its query; undefined if there is nothing at this path. */
export type Answerer = (path: string, query: URLSearchParams) => Promise<Answer | undefined>;

/** The content type of plain text. */
export const PLAIN = "text/plain; charset=utf-8";

const LONGEST_HEADERS_BYTES = 8 * 1024;
const MOST_CONNECTIONS = 64;
/** Requests on one connection. A client that sends many in a row must connect again. */
const MOST_REQUESTS_PER_CONNECTION = 100;
/** How often Node looks for requests that are too slow, in ms. Its default, 30 s, is longer than the time for a request. */
const CHECK_MS = 1_000;
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;

/**
 * An HTTP server for clients that are not trusted: it answers GET and HEAD only. When there are too many connections, it
 * closes the oldest one of the address that has the most. So a new client, such as the kubelet, is always served.
 */
export class GuardedServer {
  readonly #address: ServerAddress;
  readonly #answer: Answerer;
  readonly #server: Server;
  readonly #connections = new OpenConnections<Socket>(MOST_CONNECTIONS);

  constructor(address: ServerAddress, answer: Answerer) {
    this.#address = address;
    this.#answer = answer;
    const limits = {
      maxHeaderSize: LONGEST_HEADERS_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
    };
    this.#server = createServer(limits, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.maxRequestsPerSocket = MOST_REQUESTS_PER_CONNECTION;
    this.#server.on("connection", (socket: Socket) => this.#admit(socket));
    // `start` reports its own errors. If a connection cannot be accepted later (no file descriptors), the client retries.
    this.#server.on("error", () => {});
  }

  /** Listens, and resolves with the port. @throws Error with Node's code if the address is not available */
  start(): Promise<number> {
    const { host, port } = this.#address;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Stops listening and cuts all connections. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #admit(socket: Socket): void {
    const leave = this.#connections.add(socket.remoteAddress ?? "", socket);
    socket.once("close", leave);
    this.#connections.excess()?.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body } = await this.#answerTo(request);
    response.writeHead(status, { "content-type": contentType, "x-content-type-options": "nosniff" });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  async #answerTo({ method, url = "/" }: IncomingMessage): Promise<Answer> {
    const [path = "/", query = ""] = url.split("?", 2);
    if (method !== "GET" && method !== "HEAD") return { status: 405, contentType: PLAIN, body: "only GET\n" };
    const answer = await this.#answer(path, new URLSearchParams(query));
    return answer ?? { status: 404, contentType: PLAIN, body: "not found\n" };
  }
}
