import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { Call } from "./call.ts";
import type { Injected, Injection } from "./fault.ts";
import { Relay } from "./relay.ts";

/** A running proxy. It passes everything through, but for the faults that are scripted. */
export interface FaultProxy {
  /** `http(s)://127.0.0.1:PORT`. */
  readonly url: string;
  /** Every request since the start or `reset`, the last 100,000 at most. */
  readonly calls: readonly Call[];
  /** Empties `calls`; numbers start at 1 again. Faults stay. */
  reset(): void;
  /**
   * Scripts a fault, such as `inject({ on: calls("PATCH", /secrets/), nth: 2, when: "after", fault: cut })`: the second
   * write of a Secret from now on is done, and its client never hears of it. It stays until it has hit all that it was
   * meant for, or is removed. Where several are due on one call, the one scripted first strikes. A script that fails
   * itself, such as a kill that throws, is an unhandled rejection, which ends the test.
   */
  inject(injection: Injection): Injected;
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
  // Longer than any client keeps a connection: closing one just as a request comes would look like a fault of upstream's.
  server.keepAliveTimeout = CLIENT_KEEP_ALIVE_MS;
  return server.listen(0, "127.0.0.1");
}
