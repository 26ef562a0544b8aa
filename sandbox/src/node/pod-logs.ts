import { join } from "node:path";
import type { Pod } from "./kubernetes-types.ts";

/** The output of one start of one container. */
export interface ContainerLog {
  /** File that the process writes to; outlives the pod. */
  readonly path: string;
  /** Whether the process still runs. */
  readonly live: boolean;
}

interface Entry {
  path: string;
  live: boolean;
}

/** Which file holds the output of which container. Knows the last two starts of each, of pods that are gone too. */
export class PodLogs {
  readonly dir: string;
  readonly #logs = new Map<string, { current: Entry; previous?: Entry }>();
  readonly #newest = new Map<string, Pod>();

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The pod is the newest of its name from now on. */
  register(pod: Pod): void {
    const { namespace, name } = pod.metadata;
    this.#newest.set(`${namespace}/${name}`, pod);
  }

  /** A container starts for the `restarts`-th time again. Call `end` when its process has ended. */
  begin(pod: Pod, container: string, restarts: number): { readonly path: string; end(): void } {
    const key = keyOf(pod, container);
    const entry: Entry = { path: this.#file(pod, container, restarts), live: true };
    const before = this.#logs.get(key)?.current;
    this.#logs.set(key, { current: entry, ...(before ? { previous: before } : {}) });
    const end = () => {
      entry.live = false;
    };
    return { path: entry.path, end };
  }

  /** The container's current log, or the one of the start before; `undefined` where there was none. */
  find(
    namespace: string,
    pod: string,
    container: string,
    which: "current" | "previous",
  ): ContainerLog | undefined {
    const newest = this.#newest.get(`${namespace}/${pod}`);
    return newest && this.#logs.get(keyOf(newest, container))?.[which];
  }

  /** Path of the newest log of a container (default: the pod's first). @throws when no pod of the name was ever here */
  path(namespace: string, pod: string, container?: string): string {
    const newest = this.#newest.get(`${namespace}/${pod}`);
    if (!newest)
      throw new Error(`no pod ${namespace}/${pod} has ever been on this node; look into ${this.dir}`);
    const name = container ?? newest.spec.containers[0]?.name ?? "";
    return this.#logs.get(keyOf(newest, name))?.current.path ?? this.#file(newest, name, 0);
  }

  #file(pod: Pod, container: string, restarts: number): string {
    const { namespace, name, uid } = pod.metadata;
    return join(this.dir, `${namespace}_${name}_${uid}`, container, `${restarts}.log`);
  }
}

function keyOf(pod: Pod, container: string): string {
  return `${pod.metadata.uid}/${container}`;
}
