import { type Dispatcher, request } from "undici";
import type { Clock } from "../time/clock.ts";
import { deadline } from "../time/deadline.ts";
import { type RateLimit, TokenBucket } from "../time/token-bucket.ts";
import { ConnectionError } from "./api-error.ts";
import { readApiError } from "./api-error-answer.ts";
import { jsonLines } from "./json-lines.ts";
import type { KubeConnection, Route } from "./kube-connection.ts";

/** Parameters behind the `?`; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly contentType?: string;
}

/**
 * Told of every answer; `code` is the HTTP status, or `<error>` when none came, as in client-go. `seconds` is the time
 * until the answer began, without the wait for the rate limit.
 */
export type RequestObserver = (seen: {
  readonly method: string;
  readonly code: string;
  readonly host: string;
  readonly seconds: number;
}) => void;

/** What a transport works with; units and defaults as in KubeClientOptions. */
export interface TransportOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly observe: RequestObserver;
  readonly rateLimit: RateLimit;
  readonly timeoutMs: number;
  readonly watchSilenceMs: number;
}

/** undici's own, in ms, between signs of life; 0 is none. */
interface Timeouts {
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

/** Sends requests and reduces what goes wrong to ApiError and ConnectionError. Never tries again by itself. */
export class KubeTransport {
  readonly #options: TransportOptions;
  readonly #limiter: TokenBucket;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#limiter = new TokenBucket(options.clock, options.rateLimit);
  }

  /** Sends the call and reads its whole answer as JSON. */
  async json(call: Call, signal: AbortSignal): Promise<unknown> {
    await this.#limiter.take(signal);
    const { clock, timeoutMs } = this.#options;
    const limit = deadline(clock, timeoutMs, nameOf(call), signal);
    try {
      const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
      const answer = await this.#send(call, "requests", timeouts, limit.signal);
      return await answer.body.json();
    } catch (error) {
      const timedOut = limit.signal.aborted && !signal.aborted;
      throw timedOut ? new ConnectionError(nameOf(call), "TIMEOUT") : reduce(call, error, signal);
    } finally {
      limit.release();
    }
  }

  /** Sends the call and yields the JSON values of its answer, one a line, as they come, until the server ends it. */
  async *stream(call: Call, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
    await this.#limiter.take(signal);
    const { timeoutMs, watchSilenceMs } = this.#options;
    try {
      const timeouts = { headersTimeout: timeoutMs, bodyTimeout: watchSilenceMs };
      const answer = await this.#send(call, "watches", timeouts, signal);
      yield* jsonLines(answer.body);
    } catch (error) {
      throw reduce(call, error, signal);
    }
  }

  async #send(
    call: Call,
    pool: "requests" | "watches",
    timeouts: Timeouts,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const route = await this.#options.connection.route().catch(() => {
      throw new ConnectionError(nameOf(call), "CREDENTIALS_UNREADABLE");
    });
    const url = urlOf(route, call);
    const { clock, observe } = this.#options;
    const startedAt = clock.monotonic();
    const tell = (code: string) => {
      const seconds = (clock.monotonic() - startedAt) / 1_000;
      observe({ method: call.method, code, host: url.host, seconds });
    };
    const answer = await request(url, {
      ...timeouts,
      method: call.method,
      headers: this.#headers(route, call),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      dispatcher: route[pool],
      signal,
    }).catch((error: unknown) => {
      tell("<error>");
      throw error;
    });
    tell(String(answer.statusCode));
    if (answer.statusCode >= 400) throw await readApiError(nameOf(call), answer);
    return answer;
  }

  #headers(route: Route, call: Call): Record<string, string> {
    const contentType = call.contentType === undefined ? {} : { "content-type": call.contentType };
    return {
      ...route.headers,
      ...contentType,
      accept: "application/json",
      "user-agent": this.#options.userAgent,
    };
  }
}

/** What a call is called in errors; the query stays out of it, for brevity. */
function nameOf({ method, path }: Call): string {
  return `${method} ${path}`;
}

function urlOf(route: Route, { path, query = {} }: Call): URL {
  const url = new URL(route.server + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** Our own errors and the caller's abort pass; of anything else only its code does, for its text may hold anything. */
function reduce(call: Call, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return new ConnectionError(nameOf(call), "UNKNOWN");
  if ("disclosable" in error) return error;
  if (error instanceof SyntaxError) return new ConnectionError(nameOf(call), "BAD_ANSWER");
  return new ConnectionError(
    nameOf(call),
    "code" in error && typeof error.code === "string" ? error.code : error.name,
  );
}
