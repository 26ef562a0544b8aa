import { type Dispatcher, request } from "undici";
import type { Clock } from "../time/clock.ts";
import { deadline } from "../time/deadline.ts";
import { type RateLimit, TokenBucket } from "../time/token-bucket.ts";
import { ConnectionError } from "./api-error.ts";
import { readApiError } from "./api-error-answer.ts";
import { jsonLines } from "./json-lines.ts";
import type { KubeConnection, Route } from "./kube-connection.ts";

/** Query parameters. Undefined ones are left out. */
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
 * Receives each answer. `code` is the HTTP status, or `<error>` if no answer came, as in client-go. `seconds` is the
 * time until the answer began, without the wait for the rate limit.
 */
export type RequestObserver = (seen: {
  readonly method: string;
  readonly code: string;
  readonly host: string;
  readonly seconds: number;
}) => void;

/** Options of a KubeTransport, as in KubeClientOptions. */
export interface TransportOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly observe: RequestObserver;
  readonly rateLimit: RateLimit;
  readonly timeoutMs: number;
  readonly watchSilenceMs: number;
}

/** undici's timeouts without data, in ms; 0 is none. */
interface Timeouts {
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

/** Sends requests and reduces all failures to ApiError and ConnectionError. Never retries. */
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

  /** Sends the call and yields the JSON values of its answer, one per line, as they arrive, until the server ends it. */
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
    const observed = (code: string) => {
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
      observed("<error>");
      throw error;
    });
    observed(String(answer.statusCode));
    if (answer.statusCode >= 400) throw await readApiError(nameOf(call), answer);
    return answer;
  }

  #headers(route: Route, call: Call): Record<string, string> {
    const contentType = call.contentType === undefined ? {} : { "content-type": call.contentType };
    return {
      ...route.headers,
      ...contentType,
      // As kubectl does. /openid/v1/jwks has a media type of its own, and is refused (406) to clients that accept only JSON.
      accept: "application/json, */*",
      "user-agent": this.#options.userAgent,
    };
  }
}

/** The name of a call in errors, without its query. */
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

/** Keeps disclosable errors and the caller's abort. Of all others only the code is kept: a message can hold a secret. */
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
