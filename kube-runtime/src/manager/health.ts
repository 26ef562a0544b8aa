import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Returns what is wrong, in a few words without secrets; undefined when all is well. Must return immediately. */
export type HealthCheck = () => string | undefined;

/** Options of a HealthServer. */
export interface HealthServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on. 0 selects a free one. */
  readonly port: number;
  /** Text for /metrics: a Registry of prom-client. */
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const PLAIN = "text/plain; charset=utf-8";
const LONGEST_HEADERS_BYTES = 8 * 1024;
const MOST_CONNECTIONS = 64;

/**
 * Serves /healthz (a failure asks the kubelet for a restart), /readyz (a failure means not ready yet) and /metrics.
 * `?verbose` lists the checks, as at the API server.
 */
export class HealthServer {
  readonly #options: HealthServerOptions;
  readonly #server: Server;
  readonly #checks = {
    "/healthz": new Map<string, HealthCheck>(),
    "/readyz": new Map<string, HealthCheck>(),
  };

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#server = createServer(
      { maxHeaderSize: LONGEST_HEADERS_BYTES, requestTimeout: 10_000 },
      (request, response) => {
        this.#serve(request, response).catch(() => response.destroy());
      },
    );
    // `start` reports its own errors. If a connection cannot be accepted later (no file descriptors), the client retries.
    this.#server.on("error", () => {});
    this.#server.headersTimeout = 5_000;
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Adds a check. If it fails, the kubelet restarts the process. */
  addHealthCheck(name: string, check: HealthCheck): void {
    this.#checks["/healthz"].set(name, check);
  }

  /** Adds a check. If it fails, the process is not ready. */
  addReadyCheck(name: string, check: HealthCheck): void {
    this.#checks["/readyz"].set(name, check);
  }

  /** Listens, and resolves with the port. @throws Error with Node's code if the address is not available */
  start(): Promise<number> {
    const { host, port } = this.#options;
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

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body } = await this.#answer(request);
    response.writeHead(status, { "content-type": contentType, "x-content-type-options": "nosniff" });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  async #answer({ method, url = "/" }: IncomingMessage): Promise<Answer> {
    const [path, query = ""] = url.split("?", 2);
    if (method !== "GET" && method !== "HEAD") return { status: 405, contentType: PLAIN, body: "only GET\n" };
    switch (path) {
      case "/healthz":
      case "/readyz":
        return report(this.#checks[path], new URLSearchParams(query).has("verbose"));
      case "/metrics":
        return {
          status: 200,
          contentType: this.#options.metrics.contentType,
          body: await this.#options.metrics.metrics(),
        };
      default:
        return { status: 404, contentType: PLAIN, body: "not found\n" };
    }
  }
}

function report(checks: ReadonlyMap<string, HealthCheck>, verbose: boolean): Answer {
  const results = [...checks].map(([name, check]) => ({ name, problem: run(check) }));
  const failed = results.some(({ problem }) => problem !== undefined);
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${problem}\n`,
  );
  const body = verbose || failed ? lines.join("") : "ok\n";
  return { status: failed ? 503 : 200, contentType: PLAIN, body };
}

function run(check: HealthCheck): string | undefined {
  try {
    return check();
  } catch {
    return "the check itself failed";
  }
}
