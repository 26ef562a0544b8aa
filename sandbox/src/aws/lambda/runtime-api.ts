import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { bodyOf } from "../http/listener.ts";

/** An event for the function, in the form in which the runtime receives it. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** The runtime's report: the result or the error, as JSON. */
export type RuntimeReport =
  | { readonly kind: "response"; readonly body: string }
  | { readonly kind: "error"; readonly body: string };

const VERSION = "/2018-06-01/runtime/";

/**
 * The Lambda Runtime API of one Lambda process, on loopback.
 * AWS: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #initError = Promise.withResolvers<RuntimeReport>();
  /** The runtime's open request for its next invocation, or a promise of that request. */
  #poll = Promise.withResolvers<ServerResponse>();
  #current: { readonly requestId: string; readonly report: (report: RuntimeReport) => void } | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      });
    });
  }

  /** Starts to listen. Returns `host:port` for AWS_LAMBDA_RUNTIME_API. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === "string")
      throw new Error("the Lambda Runtime API has no port");
    return `127.0.0.1:${address.port}`;
  }

  /**
   * Settles when the runtime asks for an invocation, because it has loaded the function or finished the last
   * invocation.
   */
  async ready(): Promise<void> {
    await this.#poll.promise;
  }

  /** Settles if the function cannot be loaded. */
  get initError(): Promise<RuntimeReport> {
    return this.#initError.promise;
  }

  /** Gives an invocation to the runtime as soon as it is ready. Settles with its report. */
  async invoke(invocation: Invocation): Promise<RuntimeReport> {
    const { promise, resolve } = Promise.withResolvers<RuntimeReport>();
    const poll = await this.#poll.promise;
    this.#poll = Promise.withResolvers();
    this.#current = { requestId: invocation.requestId, report: resolve };
    poll.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.requestId,
      "lambda-runtime-deadline-ms": String(invocation.deadline),
      "lambda-runtime-invoked-function-arn": invocation.functionArn,
    });
    poll.end(invocation.payload);
    return promise;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.startsWith(VERSION) ? request.url.slice(VERSION.length) : "";
    // Left open until there is an invocation.
    if (request.method === "GET" && path === "invocation/next") return this.#poll.resolve(response);
    const body = await bodyOf(request);
    if (path === "init/error") this.#initError.resolve({ kind: "error", body });
    else this.#report(path, body);
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  }

  #report(path: string, body: string): void {
    const [, requestId, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (this.#current === undefined || this.#current.requestId !== requestId) return;
    this.#current.report({ kind: kind === "response" ? "response" : "error", body });
    this.#current = undefined;
  }
}
