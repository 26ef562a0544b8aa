import { ApiError, ConnectionError } from "../client/api-error.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { Query } from "../client/kube-transport.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import { listAll } from "../client/list-all.ts";
import { compareResourceVersions } from "../client/resource-version.ts";
import type { WatchEvent } from "../client/watch-event.ts";
import { summarizeError } from "../telemetry/error-summary.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ReflectorMetrics } from "../telemetry/runtime-metrics.ts";
import { type BackoffLimits, backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { DeadlineExceeded, deadline, delay } from "../time/deadline.ts";
import type { Random } from "../time/random.ts";
import type { Store } from "./store.ts";

/** Options of a Reflector. */
export interface ReflectorOptions<T extends KubernetesObject> {
  /** Names the resource in logs and metrics: `deployments`. */
  readonly name: string;
  /** The path of the collection, see collectionPath. */
  readonly path: string;
  /** The objects to keep. @default all */
  readonly selectors?: { readonly labelSelector?: string; readonly fieldSelector?: string };
  readonly store: Store<T>;
  readonly client: Pick<KubeClient, "list" | "watch">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: ReflectorMetrics;
  /** Objects per page of a list. @default 500 */
  readonly pageSize?: number;
  /** A watch that sends neither event nor bookmark for this time is replaced, in ms. @default 85,000 */
  readonly silenceMs?: number;
  /** How long it waits after a failure. @default 0.5 s to 30 s */
  readonly backoff?: BackoffLimits;
}

const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 30_000 };
/** Bookmarks come every 60 s. A new watch starts 90 s after the last sign of life of the old one, the pause included. */
const DEFAULT_SILENCE_MS = 85_000;
/**
 * Between two steps of a reflector pass at most a silence, a pause and the timeout of one request, whatever the API
 * server does. A reflector without a step for this many silences does not try any more.
 */
const STALLED_SILENCES = 3;
/** The server ends a watch after a random time in this range, in s: not all watches end together. As in client-go. */
const WATCH_SECONDS = { shortest: 300, longest: 600 };
/** One or two lists that are older than the store can come from a server that lags. After three, etcd was restored. */
const OLDER_LISTS_BELIEVED = 3;

/** A list is older than the store. `message` may be logged. */
class OlderList extends Error {
  override readonly name = "OlderList";
  readonly disclosable = true;
  readonly reason = "OlderList";

  constructor(listed: string, observed: string) {
    super(
      `the API server listed resourceVersion ${listed}, which is older than ${observed} that was seen before`,
    );
  }
}

/**
 * Keeps a store equal to a collection of the API server: lists it, watches it, and recovers from every failure until
 * its signal aborts.
 */
export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #lastActivity: number;
  /** When this reflector last sent a request or received an answer, by `monotonic`. */
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

  /** When the API server last sent a list, event or bookmark; ms since the epoch. */
  get lastActivity(): number {
    return this.#lastActivity;
  }

  /** For a readiness check: the reason why it is not ready; undefined once the first list is in the store. */
  notReady(): string | undefined {
    if (this.#hasSynced) return undefined;
    const failure = this.#lastFailure === undefined ? "" : `; the last try: ${this.#lastFailure}`;
    return `its first list has not come yet${failure}`;
  }

  /**
   * For a liveness check: the problem, if the reflector has stopped trying; undefined otherwise. One that tries and is
   * refused is alive: a restart of the process would not bring the API server back.
   */
  stalled(): string | undefined {
    const { clock, silenceMs = DEFAULT_SILENCE_MS } = this.#options;
    const idleMs = clock.monotonic() - this.#lastStep;
    if (idleMs < STALLED_SILENCES * silenceMs) return undefined;
    return `nothing came for ${Math.round(idleMs / 1_000)} s, and nothing was tried`;
  }

  /** Runs until `signal` aborts. Never rejects. */
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

  /** Each page is a step: a list of many pages may take longer than any silence. */
  #page: ReflectorOptions<T>["client"]["list"] = (...page) => {
    this.#lastStep = this.#options.clock.monotonic();
    return this.#options.client.list(...page);
  };

  /** Following an older list would undo newer states, so one such list is not enough. */
  #refuseOlder(listed: string): void {
    const observed = this.#options.store.observedResourceVersion;
    if (observed === undefined || compareResourceVersions(listed, observed) >= 0) {
      this.#olderLists = 0;
      return;
    }
    this.#olderLists += 1;
    if (this.#olderLists < OLDER_LISTS_BELIEVED) throw new OlderList(listed, observed);
    this.#olderLists = 0;
    this.#options.log.warn(
      "the API server is at an older resourceVersion, as after a restore of etcd: the cache follows",
      {
        listed,
        observed,
      },
    );
  }

  /** One watch, from the store's resourceVersion on. @throws the error that ends it; none if the server does, after events */
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

  /** Waits before the next attempt, and decides whether the watch can resume or a new list is needed. */
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
    // A single failure is normal in a cluster.
    if (this.#failures === 1) log.info(next, { error, waitMs });
    else log.warn(next, { error, waitMs });
    await delay(clock, waitMs, signal).catch(() => {});
  }
}

/**
 * A watch resumes after a broken connection, a passing error or a first silence: if nothing changes, the first bookmark
 * can take 120 s. After more failures in a row a new list is needed: a watch from a resourceVersion in the future is
 * silent for ever, and only a list shows that. After 410 too.
 */
function mustListAfter(error: unknown, failures: number): boolean {
  if (error instanceof DeadlineExceeded) return failures >= 2;
  if (error instanceof ConnectionError) return error.reason === "UND_ERR_BODY_TIMEOUT" && failures >= 2;
  if (!(error instanceof ApiError)) return true;
  const passing = [429, 500, 502, 503].includes(error.status);
  return !passing || failures >= 3;
}
