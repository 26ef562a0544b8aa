import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { Call } from "./call.ts";
import type { Injected, Injection } from "./fault.ts";
import { Relay } from "./relay.ts";

/** A running proxy. It forwards everything, except for the scripted faults. */
export interface FaultProxy {
  /** `http(s)://127.0.0.1:PORT`. */
  readonly url: string;
  /** All requests since the start or `reset`, at most the last 100,000. */
  readonly calls: readonly Call[];
  /** Empties `calls`. Numbers start at 1 again, and faults stay. */
  reset(): void;
  /**
   * Scripts a fault. With `inject({ on: calls("PATCH", /secrets/), nth: 2, when: "after", fault: cut })` the second
   * write of a Secret from now on is carried out, and its client gets no answer. The fault stays until it has hit all
   * its calls, or is removed. If several faults match one call, the one that was scripted first applies. A script that
   * fails itself, such as a kill that throws, is an unhandled rejection, which ends the test.
   */
  inject(injection: Injection): Injected;
  /** Closes all connections. */
  stop(): Promise<void>;
}

/** The parameters of a proxy. */
export interface ProxyOptions {
  /** The origin of upstream, such as `https://127.0.0.1:6443`. */
  readonly upstream: string;
  /** The authority that signed upstream's certificate. @default the authorities that Node trusts */
  readonly upstreamCaPem?: string;
  /** The proxy's serving certificate for TLS. @default plain HTTP */
  readonly serving?: { readonly certPem: string; readonly keyPem: string };
}

const CLIENT_KEEP_ALIVE_MS = 15 * 60 * 1000;

/**
 * Starts a proxy in front of the API server or AWS. HTTP/1.1 on both sides. Tokens pass through, client certificates
 * cannot.
 */
export async function startProxy(options: ProxyOptions): Promise<FaultProxy> {
  const relay = new Relay(options.upstream, options.upstreamCaPem);
  const server = listen(options.serving, (request, response) => void relay.serve(request, response));
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy's server has no port");
  return {
    url: `${options.serving ? "https" : "http"}://127.0.0.1:${address.port}`,
    calls: relay.journal.calls,
    reset: () => relay.journal.reset(),
    inject: (injection) => relay.inject(injection),
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
  // Longer than any client keeps a connection. Closing one while a request arrives would look like a fault of upstream.
  server.keepAliveTimeout = CLIENT_KEEP_ALIVE_MS;
  return server.listen(0, "127.0.0.1");
}
