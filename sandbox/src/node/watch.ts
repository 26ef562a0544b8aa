import { type ApiClient, ApiError, type Query } from "./api-client.ts";
import type { StoredObject } from "./kubernetes-types.ts";
import { pause } from "./pause.ts";

/** What to watch and whom to tell. Handlers are called one after the other and must neither throw nor wait. */
export interface WatchOptions<T extends StoredObject> {
  readonly client: ApiClient;
  /** Collection, such as `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Query;
  /** Ask for metadata only, where the content is of no use. */
  readonly metadataOnly?: true;
  /** New or changed; may repeat what is known already. */
  readonly onUpsert: (object: T) => void;
  /** Gone; the object is its last known state. */
  readonly onRemove: (object: T) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

interface List<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}
interface Event<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const PAGE = "500";
const RETRY_MS = { first: 100, most: 3_000 };

/** Lists, then watches, for ever: resumes after an end, lists again after an expired version. Resolves when aborted. */
export async function watch<T extends StoredObject>(options: WatchOptions<T>): Promise<void> {
  const known = new Map<string, T>();
  let version: string | undefined;
  let retryMs = RETRY_MS.first;
  while (!options.signal.aborted) {
    try {
      version ??= await relist(options, known);
      version = await follow(options, known, version);
      retryMs = RETRY_MS.first;
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof Expired) version = undefined;
      await pause(retryMs, options.signal);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    }
  }
}

/** The version to watch from is too old, or the stream said so; only a list helps. */
class Expired extends Error {}

async function relist<T extends StoredObject>(
  options: WatchOptions<T>,
  known: Map<string, T>,
): Promise<string> {
  const present = new Set<string>();
  let page: List<T> | undefined;
  do {
    const more: Query = page?.metadata.continue ? { continue: page.metadata.continue } : {};
    page = await options.client.get<List<T>>(options.path, { ...options.query, limit: PAGE, ...more });
    for (const object of page.items) {
      present.add(object.metadata.uid);
      upsert(options, known, object);
    }
  } while (page.metadata.continue);
  for (const [uid, object] of known) if (!present.has(uid)) remove(options, known, object);
  return page.metadata.resourceVersion;
}

/** Follows one stream; returns the version to resume from once the server has ended it. */
async function follow<T extends StoredObject>(
  options: WatchOptions<T>,
  known: Map<string, T>,
  from: string,
): Promise<string> {
  let version = from;
  const query = {
    ...options.query,
    watch: "true",
    allowWatchBookmarks: "true",
    timeoutSeconds: "300",
    resourceVersion: from,
  };
  try {
    const lines = await options.client.stream(
      options.path,
      query,
      options.signal,
      options.metadataOnly && METADATA_ONLY,
    );
    for await (const line of lines) {
      const event = JSON.parse(line) as Event<T>;
      if (event.type === "ERROR") throw new Expired();
      version = event.object.metadata.resourceVersion;
      if (event.type === "DELETED") remove(options, known, event.object);
      else if (event.type !== "BOOKMARK") upsert(options, known, event.object);
    }
  } catch (error) {
    if (error instanceof Expired || (error instanceof ApiError && error.status === 410)) throw new Expired();
    // A stream that broke goes on behind its last event. One that brought nothing may wait for a version that will never
    // come (a restored etcd is silent, not refusing), so only a list is safe.
    if (version === from) throw new Expired();
  }
  return version;
}

function upsert<T extends StoredObject>(options: WatchOptions<T>, known: Map<string, T>, object: T): void {
  known.set(object.metadata.uid, object);
  options.onUpsert(object);
}

function remove<T extends StoredObject>(options: WatchOptions<T>, known: Map<string, T>, object: T): void {
  known.delete(object.metadata.uid);
  options.onRemove(object);
}
