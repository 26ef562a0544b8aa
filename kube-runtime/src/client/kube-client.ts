import type { KubeConfig } from "@kubernetes/client-node";
import { parseWatchEvent, type WatchEvent } from "../cache/watch-event.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import type { RateLimit } from "../time/token-bucket.ts";
import { KubeConnection } from "./kube-connection.ts";
import { KubeTransport, type Query, type RequestObserver } from "./kube-transport.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** A page of objects as the API server sends it; the items have neither kind nor apiVersion. */
export interface ObjectList<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** Options of every request. */
export interface RequestOptions {
  /** Gives the request up; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of server-side apply. */
export interface ApplyOptions extends RequestOptions {
  readonly fieldManager: string;
  /** Whether to take over fields that others own; if not, such fields are a 409 whose causes name them. */
  readonly force: boolean;
}

/** Options of a patch. */
export interface PatchOptions extends RequestOptions {
  /** How the body is read: RFC 7386, RFC 6902 or Kubernetes' own. */
  readonly type: "merge" | "json" | "strategic";
  /** @default the server's guess from the user agent */
  readonly fieldManager?: string;
}

/** Options of a deletion. */
export interface DeleteOptions extends RequestOptions {
  /** A 409 when the object is not this one any more. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** How to make a KubeClient. */
export interface KubeClientOptions {
  readonly config: KubeConfig;
  /** `name/version`; shown in the audit log. */
  readonly userAgent: string;
  /** @default nobody is told */
  readonly observe?: RequestObserver;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default 50 a second, 100 at once */
  readonly rateLimit?: RateLimit;
  /** Requests on their way at once; watches do not count. @default 16 */
  readonly connections?: number;
  /** For a request and its whole answer, in ms; the wait for the rate limit does not count. @default 15,000 */
  readonly timeoutMs?: number;
  /** A watch that sends nothing for so long is cut, in ms; bookmarks come every 60 s. @default 90,000 */
  readonly watchSilenceMs?: number;
}

const PATCH_CONTENT_TYPES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/**
 * Speaks JSON with the API server about any resource; paths come from resource.ts. Never tries again by itself.
 * Rejects with ApiError when the server refuses, with ConnectionError when no answer comes, and with the signal's
 * reason when that aborts. The type parameters say what the caller knows of the server's schema; nothing checks them.
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

  /** Reads one page; `limit` and `continue` are the caller's. listAll reads all pages. */
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
   * Replaces the object at `path` by the body: a 409 when the body's resourceVersion is not the object's. Kinds that
   * allow it, as Leases do, are created when they are missing.
   */
  update<T = KubernetesObject>(path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#request(options, { method: "PUT", path, body, contentType: "application/json" });
  }

  /**
   * Server-side apply: the body needs apiVersion, kind and metadata.name, and holds all fields that the manager wants
   * to own. A missing object is created, unless metadata.uid says which one is meant.
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

  /** Patches the object at `path`. A failed `test` of a JSON patch is a bare 422. */
  patch<T = KubernetesObject>(path: string, body: unknown, options: PatchOptions): Promise<T> {
    const query = { fieldManager: options.fieldManager };
    const contentType = PATCH_CONTENT_TYPES[options.type];
    return this.#request(options, { method: "PATCH", path, query, body, contentType });
  }

  /** Deletes the object at `path`. */
  async delete(path: string, options: DeleteOptions = {}): Promise<void> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: options.preconditions };
    await this.#request(options, { method: "DELETE", path, body, contentType: "application/json" });
  }

  /**
   * Yields changes until the server ends the watch (then it just ends). Take each at once: the server cuts off a
   * reader that lags. @throws ConnectionError when it breaks or is silent, ApiError for an ERROR event
   */
  async *watch(path: string, query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    const lines = this.#transport.stream({ method: "GET", path, query: { ...query, watch: true } }, signal);
    for await (const line of lines) yield parseWatchEvent(`WATCH ${path}`, line);
  }

  /** Cuts all connections; requests on their way reject. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #request<T>({ signal }: RequestOptions, call: Parameters<KubeTransport["json"]>[0]): Promise<T> {
    return (await this.#transport.json(call, signal ?? NEVER)) as T;
  }
}

/** What a KubeClient can do, for doubles of it. */
export type KubeApi = Pick<KubeClient, keyof KubeClient>;

/** The signal of a caller that never gives up; the timeout holds all the same. */
const NEVER = new AbortController().signal;
