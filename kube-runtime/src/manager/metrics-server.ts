import type { Clock } from "../time/clock.ts";
import { SharedFlights } from "../time/shared-flights.ts";
import { type Answer, GuardedServer, type ServerAddress } from "./guarded-server.ts";

/** Options of a MetricsServer. */
export interface MetricsServerOptions extends ServerAddress {
  /** The text of /metrics: a Registry of prom-client. */
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  readonly clock: Clock;
}

/** A text is served again for this many times the time that it took to make, so that scrapes take at most 5 % of the CPU. */
const TIMES_KEPT = 20;
/** The shortest and the longest time for which a text is served again, in ms. */
const SHORTEST_KEPT_MS = 1_000;
const LONGEST_KEPT_MS = 10_000;

/** Serves /metrics in Prometheus' text format. The cost does not grow with the number of scrapes. */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: GuardedServer;
  readonly #flights = new SharedFlights<Uint8Array>();
  /** The last text, and until when it is served, by `monotonic`. */
  #kept: { readonly text: Uint8Array; readonly until: number } | undefined;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = new GuardedServer(options, (path) => this.#answer(path));
  }

  /** Listens, and resolves with the port. @throws Error with Node's code if the address is not available */
  start(): Promise<number> {
    return this.#server.start();
  }

  /** Stops listening and cuts all connections. */
  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #answer(path: string): Promise<Answer | undefined> {
    if (path !== "/metrics") return undefined;
    const { clock, metrics } = this.#options;
    const kept = this.#kept;
    const isFresh = kept !== undefined && clock.monotonic() < kept.until;
    const body = isFresh ? kept.text : await this.#flights.join("text", () => this.#make());
    return { status: 200, contentType: metrics.contentType, body };
  }

  /** One buffer for all answers: connections that read slowly hold no copies of it. */
  async #make(): Promise<Uint8Array> {
    const { clock, metrics } = this.#options;
    const startedAt = clock.monotonic();
    const text = Buffer.from(await metrics.metrics());
    const now = clock.monotonic();
    const keptMs = Math.min(Math.max(TIMES_KEPT * (now - startedAt), SHORTEST_KEPT_MS), LONGEST_KEPT_MS);
    this.#kept = { text, until: now + keptMs };
    return text;
  }
}
