import { isDeepStrictEqual } from "node:util";
import type { KubeConfig } from "@kubernetes/client-node";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Clock } from "../time/clock.ts";
import { SharedFlights } from "../time/shared-flights.ts";

/** The fields that client-node sets: TLS material as file contents, and headers with credentials. */
interface AppliedOptions {
  headers?: Record<string, string>;
  auth?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

type TlsMaterial = Pick<AppliedOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;

/** How a request reaches the API server. */
export interface Route {
  /** `https://host:port`, with a path if the kubeconfig has one, without a trailing slash. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: Dispatcher;
  /** A separate pool: over HTTP/1.1 each watch holds a connection, and must not keep requests waiting. */
  readonly watches: Dispatcher;
}

/** Credentials and files older than this are read again, in ms. client-node itself keeps a token file for 60 s. */
const REREAD_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Below the idle timeout of cloud load balancers (60 s), as in client-go. */
const KEEP_ALIVE_DELAY_MS = 30_000;

/**
 * The connections to one API server, which all requests share. client-node would create a connection pool for each
 * request. Here it only supplies credentials, and new pools are created only when the TLS material has changed.
 */
export class KubeConnection {
  readonly #config: KubeConfig;
  readonly #clock: Clock;
  readonly #connections: number;
  #held: { readonly at: number; readonly tls: TlsMaterial; readonly route: Route } | undefined;
  readonly #renewals = new SharedFlights<Route>();

  /** @param connections how many requests may be in flight at the same time, without watches */
  constructor(config: KubeConfig, clock: Clock, connections: number) {
    this.#config = config;
    this.#clock = clock;
    this.#connections = connections;
  }

  /** The current route. @throws if a file that the kubeconfig names cannot be read, or its credential plugin fails */
  async route(): Promise<Route> {
    if (this.#held !== undefined && this.#clock.monotonic() - this.#held.at < REREAD_MS)
      return this.#held.route;
    return await this.#renewals.join("route", () => this.#renew());
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    const route = this.#held?.route;
    this.#held = undefined;
    await Promise.all([route?.requests.destroy(), route?.watches.destroy()]);
  }

  async #renew(): Promise<Route> {
    const options: AppliedOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const tls = tlsOf(options);
    const held = this.#held;
    const same = held !== undefined && isDeepStrictEqual(tls, held.tls);
    const pools = same ? held.route : this.#newPools(tls);
    const { requests, watches } = pools;
    const route = { requests, watches, server: this.#server(), headers: headersOf(options) };
    this.#held = { at: this.#clock.monotonic(), tls, route };
    if (held !== undefined && !same) retire(held.route);
    return route;
  }

  #server(): string {
    return (this.#config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  #newPools(tls: TlsMaterial): Pick<Route, "requests" | "watches"> {
    return { requests: this.#newPool(tls, this.#connections), watches: this.#newPool(tls, null) };
  }

  #newPool(tls: TlsMaterial, connections: number | null): Dispatcher {
    const connect = {
      ...tls,
      timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    };
    // HTTP/2 is not faster here, and its connections detect lost packets late.
    const pool = { connections, allowH2: false };
    const proxy = this.#config.getCurrentCluster()?.proxyUrl;
    if (proxy === undefined || proxy === "") return new Agent({ ...pool, connect });
    if (!/^https?:/.test(proxy))
      throw new Error(`the kubeconfig's proxy-url ${proxy} is not supported: use an http(s) proxy`);
    return new ProxyAgent({ ...pool, uri: proxy, requestTls: connect });
  }
}

function headersOf({ headers, auth }: AppliedOptions): Record<string, string> {
  const basic = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
  // A token file may end in a newline, which is not valid in a header.
  const rest = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value.trim()]);
  return { ...basic, ...Object.fromEntries(rest) };
}

function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: AppliedOptions): TlsMaterial {
  const material = { ca, cert, key, servername, rejectUnauthorized };
  return Object.fromEntries(Object.entries(material).filter(([, value]) => value !== undefined));
}

/** Closes pools once their requests have ended. A pool that fails to close needs no handling: it is not used any more. */
function retire(route: Route): void {
  for (const pool of [route.requests, route.watches]) pool.close().catch(() => {});
}
