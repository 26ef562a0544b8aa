import type { KubeConfig } from "@kubernetes/client-node";
import { type Clock, systemClock } from "../time/clock.ts";
import type { RateLimit } from "../time/token-bucket.ts";
import { hasStatus } from "./api-error.ts";
import { KubeConnection } from "./kube-connection.ts";
import { KubeTransport, type Query, type RequestObserver } from "./kube-transport.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";
import { parseWatchEvent, type WatchEvent } from "./watch-event.ts";

/** A page of objects as the API server sends it. The items have neither kind nor apiVersion. */
export interface ObjectList<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** Options of every request. */
export interface RequestOptions {
  /** Aborts the request, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of server-side apply. */
export interface ApplyOptions extends RequestOptions {
  readonly fieldManager: string;
  /** Whether to take over fields of other managers. If not, such fields are a 409 whose causes name them. */
  readonly force: boolean;
}

/** Options of a patch. */
export interface PatchOptions extends RequestOptions {
  /** The kind of patch: RFC 7386, RFC 6902, or Kubernetes' own. */
  readonly type: "merge" | "json" | "strategic";
  /** @default the API server takes the user agent */
  readonly fieldManager?: string;
}

/** Options of a deletion. */
export interface DeleteOptions extends RequestOptions {
  /** The answer is 409 if the object has been replaced or changed. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** Seconds that a pod has to end; 0 removes the object at once. @default the object's own grace period */
  readonly gracePeriodSeconds?: number;
}

/** Options of a KubeClient. */
export interface KubeClientOptions {
  readonly config: KubeConfig;
  /** `name/version`, for the audit log. */
  readonly userAgent: string;
  /** Receives each answer. @default none */
  readonly observe?: RequestObserver;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** @default 50 per second, bursts of 100 */
  readonly rateLimit?: RateLimit;
  /** Requests in flight at the same time. Watches do not count. @default 16 */
  readonly connections?: number;
  /** For a request and its whole answer, in ms, without the wait for the rate limit. @default 15,000 */
  readonly timeoutMs?: number;
  /** A watch that sends nothing for this time is cut, in ms. Bookmarks come every 60 s. @default 90,000 */
  readonly watchSilenceMs?: number;
}

const PATCH_CONTENT_TYPES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/**
 * A JSON client of the API server for any resource; resource.ts makes the paths. It never retries. A request rejects
 * with ApiError if the server answers with an error, with ConnectionError if no usable answer comes, and with the
 * signal's reason if that aborts. Type parameters state the schema that the caller expects; nothing checks them.
 */
export class KubeClient {
  readonly #connection: KubeConnection;
  readonly #transport: KubeTransport;

  constructor(options: KubeClientOptions) {
    const clock = options.clock ?? systemClock;
    this.#connection = new KubeConnection(options.config, clock, options.connections ?? 16);
    this.#transport = new KubeTransport({
      connection: this.#connection,
      clock,
      userAgent: options.userAgent,
      observe: options.observe ?? (() => {}),
      rateLimit: options.rateLimit ?? { perSecond: 50, burst: 100 },
      timeoutMs: options.timeoutMs ?? 15_000,
      watchSilenceMs: options.watchSilenceMs ?? 90_000,
    });
  }

  /** Reads the object at `path`. */
  get<T = KubernetesObject>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.#request(options, { method: "GET", path });
  }

  /** Reads the object at `path`. Undefined if it does not exist. */
  async find<T = KubernetesObject>(path: string, options: RequestOptions = {}): Promise<T | undefined> {
    try {
      return await this.get<T>(path, options);
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** Reads one page. The caller sets `limit` and `continue`; listAll reads all pages. */
  list<T = KubernetesObject>(
    path: string,
    query: Query,
    options: RequestOptions = {},
  ): Promise<ObjectList<T>> {
    return this.#request(options, { method: "GET", path, query });
  }

  /** Creates an object in the collection at `path`, or a TokenRequest, Binding, Eviction at a subresource. */
  create<T = KubernetesObject>(path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#request(options, { method: "POST", path, body, contentType: "application/json" });
  }

  /**
   * Replaces the object at `path` by the body. The answer is 409 if the resourceVersion of the body differs from the
   * object's. Kinds that allow it, such as Leases, are created if they are missing.
   */
  update<T = KubernetesObject>(path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#request(options, { method: "PUT", path, body, contentType: "application/json" });
  }

  /**
   * Server-side apply. The body needs apiVersion, kind and metadata.name, and has all fields that the manager owns from
   * now on. A missing object is created, unless the body has a metadata.uid.
   */
  apply<T = KubernetesObject>(path: string, body: unknown, options: ApplyOptions): Promise<T> {
    const query = { fieldManager: options.fieldManager, force: options.force };
    return this.#request(options, {
      method: "PATCH",
      path,
      query,
      body,
      contentType: "application/apply-patch+yaml",
    });
  }

  /** Patches the object at `path`. If a `test` of a JSON patch fails, the answer is a 422 without causes. */
  patch<T = KubernetesObject>(path: string, body: unknown, options: PatchOptions): Promise<T> {
    const query = { fieldManager: options.fieldManager };
    const contentType = PATCH_CONTENT_TYPES[options.type];
    return this.#request(options, { method: "PATCH", path, query, body, contentType });
  }

  /** Deletes the object at `path`. */
  async delete(path: string, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, gracePeriodSeconds } = options;
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions, gracePeriodSeconds };
    await this.#request(options, { method: "DELETE", path, body, contentType: "application/json" });
  }

  /**
   * Yields changes until the server ends the watch. Consume each immediately: the server disconnects a slow reader.
   * @throws ConnectionError if the watch breaks or is silent, ApiError for an ERROR event
   */
  async *watch(path: string, query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    const lines = this.#transport.stream({ method: "GET", path, query: { ...query, watch: true } }, signal);
    for await (const line of lines) yield parseWatchEvent(`WATCH ${path}`, line);
  }

  /** Cuts all connections. Requests in flight reject. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #request<T>({ signal }: RequestOptions, call: Parameters<KubeTransport["json"]>[0]): Promise<T> {
    return (await this.#transport.json(call, signal ?? NEVER)) as T;
  }
}

/** The methods of a KubeClient, for test doubles. */
export type KubeApi = Pick<KubeClient, keyof KubeClient>;

/** For a caller without a signal. The timeout still applies. */
const NEVER = new AbortController().signal;
