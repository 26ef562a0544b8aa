import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { Agent, type Dispatcher } from "undici";
import { type Call, isStream } from "./call.ts";
import { answerHeaders, requestHeaders } from "./headers.ts";
import { Journal } from "./journal.ts";

/** What a test decides about an answer: hand it on, or close the client's connection without one. */
export type Verdict = "pass" | "drop";

/** Sees every answer but streams when it is complete, before the client has the first byte of it. */
export type AnswerHook = (call: Call) => Verdict | Promise<Verdict>;

/** A running pass-through proxy. */
export interface PassThroughProxy {
  /** `http(s)://127.0.0.1:PORT`. */
  readonly url: string;
  /** Every request since the start or `reset`, the last 100,000 at most. */
  readonly calls: readonly Call[];
  /** Empties `calls`; numbers start at 1 again. */
  reset(): void;
  /** Sets the one hook, or takes it away. Watches and followed logs have no complete answer and never reach it. */
  beforeAnswer(hook: AnswerHook | undefined): void;
  /** Closes all connections. */
  stop(): Promise<void>;
}

/** Where a proxy stands. */
export interface ProxyOptions {
  /** Origin that the requests go to, such as `https://127.0.0.1:6443`. */
  readonly upstream: string;
  /** Authority that signed upstream's certificate. @default those that Node trusts */
  readonly upstreamCaPem?: string;
  /** With it the proxy speaks TLS to its clients. @default plain HTTP */
  readonly serving?: { readonly certPem: string; readonly keyPem: string };
}

const CLIENT_KEEP_ALIVE_MS = 15 * 60 * 1000;

/** Starts a proxy before the API server or AWS. HTTP/1.1 both ways; tokens pass, client certificates cannot. */
export async function startProxy(options: ProxyOptions): Promise<PassThroughProxy> {
  const relay = new Relay(options);
  const server = listen(options.serving, (request, response) => void relay.serve(request, response));
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy's server has no port");
  return {
    url: `${options.serving ? "https" : "http"}://127.0.0.1:${address.port}`,
    calls: relay.journal.calls,
    reset: () => relay.journal.reset(),
    beforeAnswer: (hook) => {
      relay.hook = hook;
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, relay.stop()]);
    },
  };
}

function listen(serving: ProxyOptions["serving"], listener: http.RequestListener): http.Server {
  const server = serving
    ? https.createServer({ cert: serving.certPem, key: serving.keyPem }, listener)
    : http.createServer(listener);
  // Longer than any client keeps a connection: closing one just as a request comes would look like a fault of upstream's.
  server.keepAliveTimeout = CLIENT_KEEP_ALIVE_MS;
  return server.listen(0, "127.0.0.1");
}

/** Carries requests to upstream and answers back. */
class Relay {
  readonly journal = new Journal();
  hook: AnswerHook | undefined;
  readonly #upstream: string;
  readonly #agent: Agent;

  constructor(options: ProxyOptions) {
    this.#upstream = options.upstream;
    this.#agent = new Agent({
      allowH2: false,
      // How long to wait is for the client to say: it closes its connection, and the request is aborted.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: options.upstreamCaPem === undefined ? {} : { ca: options.upstreamCaPem },
    });
  }

  async stop(): Promise<void> {
    await this.#agent.destroy();
  }

  /** When upstream does not answer, the client's connection is closed without an answer too. @throws HookFailed */
  async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const call = this.journal.add(request);
    const client = new AbortController();
    response.once("close", () => client.abort());
    try {
      const answer = await this.#ask(call, request, client.signal);
      call.status = answer.statusCode;
      if (isStream(call)) await handOnAsItComes(answer, response);
      else await this.#handOnWhole(call, answer, response);
    } catch (error) {
      response.destroy();
      if (error instanceof HookFailed) throw error;
    }
  }

  async #ask(
    call: Call,
    request: http.IncomingMessage,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const body = await buffer(request);
    return await this.#agent.request({
      origin: this.#upstream,
      path: call.path,
      method: call.method as Dispatcher.HttpMethod,
      headers: requestHeaders(request.rawHeaders, body.length),
      body: body.length > 0 ? body : null,
      signal,
    });
  }

  async #handOnWhole(
    call: Call,
    answer: Dispatcher.ResponseData,
    response: http.ServerResponse,
  ): Promise<void> {
    const body = await buffer(answer.body);
    const verdict = await this.#verdict(call);
    // The hook may have killed the client.
    if (verdict === "drop" || response.destroyed) {
      response.destroy();
      return;
    }
    const headers = answerHeaders(answer.headers);
    // The answer to HEAD has the length of what it does not have.
    if (body.length > 0) headers["content-length"] = String(body.length);
    response.writeHead(answer.statusCode, headers).end(body);
  }

  async #verdict(call: Call): Promise<Verdict> {
    try {
      return (await this.hook?.(call)) ?? "pass";
    } catch (cause) {
      throw new HookFailed(`the hook failed on call ${call.number}, ${call.method} ${call.path}`, { cause });
    }
  }
}

/** A mistake in a test's hook. Nobody catches it, so that it ends the test instead of looking like a fault of upstream's. */
class HookFailed extends Error {
  override readonly name = "HookFailed";
}

async function handOnAsItComes(
  answer: Dispatcher.ResponseData,
  response: http.ServerResponse,
): Promise<void> {
  response.writeHead(answer.statusCode, answerHeaders(answer.headers));
  response.flushHeaders();
  await pipeline(answer.body, response);
}
