import { ApiError, ConnectionError } from "../client/api-error.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { Query } from "../client/kube-transport.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import { listAll } from "../client/list-all.ts";
import { compareResourceVersions } from "../client/resource-version.ts";
import { type BackoffLimits, backoffMs } from "../controller/backoff.ts";
import { summarizeError } from "../telemetry/error-summary.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ReflectorMetrics } from "../telemetry/runtime-metrics.ts";
import type { Clock } from "../time/clock.ts";
import { DeadlineExceeded, deadline, delay } from "../time/deadline.ts";
import type { Random } from "../time/random.ts";
import type { Store } from "./store.ts";
import type { WatchEvent } from "./watch-event.ts";

/** What a reflector works with. */
export interface ReflectorOptions<T extends KubernetesObject> {
  /** Names the resource in logs and metrics: `deployments`. */
  readonly name: string;
  /** The collection's path, see collectionPath. */
  readonly path: string;
  /** `labelSelector`, `fieldSelector`: which objects to keep. @default all */
  readonly selectors?: { readonly labelSelector?: string; readonly fieldSelector?: string };
  readonly store: Store<T>;
  readonly client: Pick<KubeClient, "list" | "watch">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: ReflectorMetrics;
  /** Objects in a page of a list. @default 500 */
  readonly pageSize?: number;
  /** A watch that brings neither event nor bookmark for so long is replaced, in ms; bookmarks come every 60 s. @default 85,000 */
  readonly silenceMs?: number;
  /** How long to wait after a failure. @default 0.5 s to 30 s */
  readonly backoff?: BackoffLimits;
}

const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 30_000 };
/** So that a new watch is there 90 s after the old one fell silent, the pause between the two included. */
const DEFAULT_SILENCE_MS = 85_000;
/**
 * Silence, pause and one request's timeout are the longest that pass between two signs of life of a reflector, however
 * the API server fares; what is silent for so many times longer does not try any more.
 */
const STALLED_SILENCES = 3;
/** The server ends a watch after this time, in s, spread so that not all end at once; client-go's range. */
const WATCH_SECONDS = { shortest: 300, longest: 600 };
/** So many lists in a row that are older than what was seen are a restored etcd, not a server that lags behind. */
const OLDER_LISTS_BELIEVED = 3;

/** A list older than what was seen already; `message` may be logged. */
class OlderList extends Error {
  override readonly name = "OlderList";
  readonly disclosable = true;
  readonly reason = "OlderList";

  constructor(listed: string, observed: string) {
    super(`the API server listed resourceVersion ${listed} although ${observed} was seen before`);
  }
}

/** Keeps a store like the API server's collection: lists, watches, and goes on whatever happens, until told to stop. */
export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #lastActivity: number;
  /** When this reflector last did anything, by `monotonic`: asked, was answered, or was refused. */
  #lastStep: number;
  #lastFailure: string | undefined;
  #mustList = true;
  #olderLists = 0;
  #failures = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#lastActivity = options.clock.now();
    this.#lastStep = options.clock.monotonic();
    options.metrics.lastEvent(() => this.#lastActivity);
  }

  get name(): string {
    return this.#options.name;
  }

  /** Whether the first list is in the store. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves when the first list is in the store; never rejects. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** When the API server last said anything: list, event or bookmark; ms since the epoch. */
  get lastActivity(): number {
    return this.#lastActivity;
  }

  /** Undefined once the first list is in the store, else what it waits for, in a few words. */
  notReady(): string | undefined {
    if (this.#hasSynced) return undefined;
    const failure = this.#lastFailure === undefined ? "" : `; the last try: ${this.#lastFailure}`;
    return `its first list has not come yet${failure}`;
  }

  /**
   * What is wrong when a watch was silent for long although it should have been replaced, in a few words. A reflector that
   * tries and is refused is alive: a restart would not bring the API server back.
   */
  stalled(): string | undefined {
    const { clock, silenceMs = DEFAULT_SILENCE_MS } = this.#options;
    const idleMs = clock.monotonic() - this.#lastStep;
    if (idleMs < STALLED_SILENCES * silenceMs) return undefined;
    return `nothing came for ${Math.round(idleMs / 1_000)} s, and nothing was tried`;
  }

  /** Runs until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#mustList) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { path, selectors, store, pageSize = 500, metrics, log } = this.#options;
    metrics.listed();
    const query = { ...selectors };
    const { items, resourceVersion } = await listAll({ list: this.#page }, path, query, { signal, pageSize });
    this.#refuseOlder(resourceVersion);
    store.replace(items, resourceVersion);
    this.#alive();
    this.#mustList = false;
    this.#hasSynced = true;
    this.#synced.resolve();
    log.debug("listed", { objects: items.length, resourceVersion });
  }

  /** One page; many of them, each in time, may take longer than any silence. */
  #page: ReflectorOptions<T>["client"]["list"] = (...page) => {
    this.#lastStep = this.#options.clock.monotonic();
    return this.#options.client.list(...page);
  };

  /** Going back would undo what was seen, so it takes more than one word of it. */
  #refuseOlder(listed: string): void {
    const observed = this.#options.store.observedResourceVersion;
    if (observed === undefined || compareResourceVersions(listed, observed) >= 0) {
      this.#olderLists = 0;
      return;
    }
    this.#olderLists += 1;
    if (this.#olderLists < OLDER_LISTS_BELIEVED) throw new OlderList(listed, observed);
    this.#olderLists = 0;
    this.#options.log.warn("the API server went back in time, as a restored etcd does: the cache follows", {
      listed,
      observed,
    });
  }

  /** One watch, from where the store is to its end. @throws whatever ends it, except an end by the server after signs of life */
  async #watch(signal: AbortSignal): Promise<void> {
    const { client, clock, path, metrics, silenceMs = DEFAULT_SILENCE_MS } = this.#options;
    metrics.watched();
    this.#lastStep = clock.monotonic();
    const silence = deadline(clock, silenceMs, `the next event of the watch of ${path}`, signal);
    let events = 0;
    try {
      for await (const event of client.watch(path, this.#watchQuery(), silence.signal)) {
        silence.renew();
        this.#take(event);
        this.#alive();
        events += 1;
      }
    } finally {
      silence.release();
    }
    if (events === 0) throw new ConnectionError(`WATCH ${path}`, "ENDED_AT_ONCE");
  }

  #watchQuery(): Query {
    const { random, selectors, store } = this.#options;
    const { shortest, longest } = WATCH_SECONDS;
    return {
      ...selectors,
      resourceVersion: store.observedResourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: Math.round(shortest + random() * (longest - shortest)),
    };
  }

  #take({ type, object }: WatchEvent): void {
    const { store } = this.#options;
    switch (type) {
      case "ADDED":
      case "MODIFIED":
        store.upsert(object);
        break;
      case "DELETED":
        store.remove(object);
        break;
      case "BOOKMARK":
        store.observe(object.metadata.resourceVersion);
        break;
    }
  }

  #alive(): void {
    const { clock } = this.#options;
    this.#lastActivity = clock.now();
    this.#lastStep = clock.monotonic();
    this.#failures = 0;
  }

  /** Waits before the next try, and decides whether the watch can go on from where it was. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, log, metrics, backoff = DEFAULT_BACKOFF } = this.#options;
    this.#failures += 1;
    if (mustListAfter(error, this.#failures)) this.#mustList = true;
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.round(Math.max(asked, backoffMs(backoff, this.#failures, random)));
    this.#lastStep = clock.monotonic();
    this.#lastFailure = summarizeError(error).reason;
    metrics.failed(this.#lastFailure);
    const next = this.#mustList ? "list and watch again" : "watch again";
    // A single failure is everyday life in a cluster.
    if (this.#failures === 1) log.info(next, { error, waitMs });
    else log.warn(next, { error, waitMs });
    await delay(clock, waitMs, signal).catch(() => {});
  }
}

/**
 * A watch goes on where it was after a broken connection and a passing refusal, also after a first silence: where
 * nothing changes, the API server's first bookmark may come after 120 s only. After more of the same it must not: a
 * resourceVersion that lies in the future gets nothing but silence, which only a list finds out. Nor after 410.
 */
function mustListAfter(error: unknown, failures: number): boolean {
  if (error instanceof DeadlineExceeded) return failures >= 2;
  if (error instanceof ConnectionError) return error.reason === "UND_ERR_BODY_TIMEOUT" && failures >= 2;
  if (!(error instanceof ApiError)) return true;
  const passing = [429, 500, 502, 503].includes(error.status);
  return !passing || failures >= 3;
}
