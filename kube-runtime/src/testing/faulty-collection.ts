import type { ReflectorOptions } from "../cache/reflector.ts";
import { ApiError, ConnectionError } from "../client/api-error.ts";
import type { ObjectList } from "../client/kube-client.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import type { WatchEvent } from "../client/watch-event.ts";
import { aborted } from "../time/aborted.ts";
import type { Random } from "../time/random.ts";

interface Change {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly name: string;
}

/** After more old lists in a row, a reflector would follow them, as after a restore of etcd. */
const OLD_LISTS_IN_A_ROW = 2;
const OLDEST_LIST = 5;

/**
 * For tests: a collection of an API server, in memory, with random faults until `heal`. Lists come in pages that expire,
 * and can be several versions old. Requests are refused in many ways. Watches end, break, fall silent, repeat events and
 * expire.
 */
export class FaultyCollection
  implements Pick<ReflectorOptions<KubernetesObject>["client"], "list" | "watch">
{
  readonly #random: Random;
  readonly #history: Change[] = [];
  #version = 100;
  /** Watches from an older version than this get 410: their history is compacted. */
  #compacted = 0;
  #oldLists = 0;
  /** Version of the list that is being read, unless it is an old one. */
  #newList: number | undefined;
  #healthy = false;
  #wake = Promise.withResolvers<void>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Creates, changes or deletes an object. */
  change(name: string, exists: boolean): void {
    const before = this.#at(this.#version).has(name);
    if (!exists && !before) return;
    this.#version = Math.max(this.#version, this.#compacted) + 1;
    const type = exists ? (before ? "MODIFIED" : "ADDED") : "DELETED";
    this.#history.push({ version: this.#version, type, name });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Ends all faults, and cuts silent watches. */
  heal(): void {
    this.#healthy = true;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** All objects, as `name@version`. */
  state(): readonly string[] {
    return [...this.#at(this.#version)].map(([name, version]) => `${name}@${version}`).sort();
  }

  list: ReflectorOptions<KubernetesObject>["client"]["list"] = async <T>(
    _path: string,
    query: Readonly<Record<string, unknown>>,
  ) => {
    this.#refuse(0.3);
    const token = typeof query.continue === "string" ? query.continue.split(":").map(Number) : [];
    const [at = this.#listedVersion(), from = 0] = token;
    if (query.continue !== undefined && this.#happens(0.3)) throw refusal(410, "Expired");
    const all = [...this.#at(at)].map(([name, version]) => objectOf(name, version));
    const end = query.limit === undefined ? all.length : from + Number(query.limit);
    const more = end < all.length ? { continue: `${at}:${end}` } : {};
    // The reflector has learned nothing from a new list that breaks off before its last page.
    if (end >= all.length && at === this.#newList) this.#oldLists = 0;
    return {
      metadata: { resourceVersion: String(at), ...more },
      items: all.slice(from, end) as unknown as readonly T[],
    } satisfies ObjectList<T>;
  };

  async *watch(
    _path: string,
    query: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    this.#refuse(0.3);
    let seen = Number(query.resourceVersion);
    if (seen < this.#compacted) throw refusal(410, "Expired");
    while (!signal.aborted) {
      const wake = this.#wake.promise;
      if (this.#happens(0.1)) {
        this.#compacted = this.#version + 1;
        throw refusal(410, "Expired");
      }
      if (this.#happens(0.1)) throw new ConnectionError("WATCH /things", "UND_ERR_SOCKET");
      if (this.#happens(0.1)) return;
      if (this.#happens(0.1)) await rejectedBy(signal);
      const repeated = this.#happens(0.2) ? seen - 3 : seen;
      for (const { version, type, name } of this.#history.filter((change) => change.version > repeated)) {
        yield { type, object: objectOf(name, version) };
        seen = Math.max(seen, version);
      }
      if (this.#happens(0.3)) yield { type: "BOOKMARK", object: bookmarkOf(seen) };
      await Promise.race([wake, rejectedBy(signal)]);
    }
    throw signal.reason;
  }

  #listedVersion(): number {
    const isOld = this.#oldLists < OLD_LISTS_IN_A_ROW && this.#happens(0.4);
    this.#version = Math.max(this.#version, this.#compacted);
    if (isOld) this.#oldLists += 1;
    this.#newList = isOld ? undefined : this.#version;
    return isOld ? Math.max(100, this.#version - Math.ceil(this.#random() * OLDEST_LIST)) : this.#version;
  }

  #refuse(chance: number): void {
    if (!this.#happens(chance)) return;
    const kinds = [
      refusal(429, "TooManyRequests", 1_000),
      refusal(500, "InternalError"),
      refusal(403, "Forbidden"),
      refusal(404, "HTTP 404"),
      refusal(410, "Expired"),
      new ConnectionError("GET /things", "ECONNREFUSED"),
      new ConnectionError("GET /things", "TIMEOUT"),
    ];
    throw kinds[Math.floor(this.#random() * kinds.length)];
  }

  #happens(chance: number): boolean {
    return !this.#healthy && this.#random() < chance;
  }

  /** The objects at a version, each with its own version. */
  #at(version: number): ReadonlyMap<string, number> {
    const objects = new Map<string, number>();
    for (const change of this.#history) {
      if (change.version > version) break;
      if (change.type === "DELETED") objects.delete(change.name);
      else objects.set(change.name, change.version);
    }
    return objects;
  }
}

function objectOf(name: string, version: number): KubernetesObject {
  return { metadata: { namespace: "shop", name, resourceVersion: String(version) } };
}

function bookmarkOf(version: number): KubernetesObject {
  return { metadata: { name: "", resourceVersion: String(version) } };
}

function refusal(status: number, reason: string, retryAfterMs?: number): ApiError {
  return new ApiError({ request: "GET /things", status, reason, retryAfterMs });
}

async function rejectedBy(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  throw signal.reason;
}
