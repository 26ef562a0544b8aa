import { Reflector, type ReflectorOptions } from "@rotated-secrets/kube-runtime/cache/reflector";
import { Store } from "@rotated-secrets/kube-runtime/cache/store";
import type { KubernetesObject } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { type Logger, silentLogger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { noMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import type { StoredObject } from "../node/kubernetes-types.ts";

/** A collection to watch, and the handlers of its changes. Handlers run one after the other and must return at once. */
export interface CollectionWatch<T extends StoredObject> {
  readonly client: ReflectorOptions<T & KubernetesObject>["client"];
  /** Collection, such as `/api/v1/pods`. */
  readonly path: string;
  /** @default all objects of the collection */
  readonly selectors?: ReflectorOptions<T & KubernetesObject>["selectors"];
  /** The object is new or has changed. */
  readonly onUpsert: (object: T) => void;
  /** The object is gone, and this is its last known state. If a new object has the same name, its upsert follows. */
  readonly onRemove: (object: T) => void;
  /** Receives repeated failures of the watch, and exceptions in handlers. @default none */
  readonly complain?: (about: string, error: unknown) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Short, as tests restart the API server and need their watches soon afterwards. */
const BACKOFF = { baseMs: 100, maxMs: 3_000 };

/** Lists and watches a collection with the runtime's Reflector. Resolves when the signal aborts. */
export async function watchCollection<T extends StoredObject>(watch: CollectionWatch<T>): Promise<void> {
  const { client, path, selectors, complain = () => {} } = watch;
  const reflector = new Reflector({
    name: path,
    path,
    ...(selectors && { selectors }),
    store: storeFor(watch),
    client,
    clock: systemClock,
    random: systemRandom,
    log: complainingLogger(`watch of ${path}`, complain),
    metrics: noMetrics.reflector(path),
    backoff: BACKOFF,
  });
  await reflector.run(watch.signal);
}

function storeFor<T extends StoredObject>({
  path,
  onUpsert,
  onRemove,
  complain = () => {},
}: CollectionWatch<T>): Store<T & KubernetesObject> {
  const store = new Store<T & KubernetesObject>({
    // All objects under one path have the same schema.
    transform: (object) => object as T & KubernetesObject,
    failed: ({ name }, error) => complain(`handler of ${path}, object ${name}`, error),
  });
  store.subscribe({
    added: onUpsert,
    updated: (object, old) => {
      if (object.metadata.uid !== old.metadata.uid) onRemove(old);
      onUpsert(object);
    },
    deleted: (_old, last) => onRemove(last),
  });
  return store;
}

/** Passes on only warnings. A single failure is normal in a cluster. */
function complainingLogger(about: string, complain: (about: string, error: unknown) => void): Logger {
  return { ...silentLogger, warn: (message, { error } = {}) => complain(`${about}: ${message}`, error) };
}
