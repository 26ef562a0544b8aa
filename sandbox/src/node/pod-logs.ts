import { join } from "node:path";
import type { Pod } from "./kubernetes-types.ts";

/** The output of one run of a container. */
export interface ContainerLog {
  /** The file of the output. It outlives the pod. */
  readonly path: string;
  /** Whether the process still runs. */
  readonly live: boolean;
}

interface Entry {
  path: string;
  live: boolean;
}

/** The files of all containers' output. It knows the last two runs of each container, also of deleted pods. */
export class PodLogs {
  readonly dir: string;
  readonly #logs = new Map<string, { current: Entry; previous?: Entry }>();
  readonly #newest = new Map<string, Pod>();

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Registers the pod as the newest one with its name. */
  register(pod: Pod): void {
    const { namespace, name } = pod.metadata;
    this.#newest.set(`${namespace}/${name}`, pod);
  }

  /** A container starts, after `restarts` restarts. Call `end` when its process has ended. */
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

  /** The container's current or previous log; `undefined` if there is none. */
  find(
    namespace: string,
    pod: string,
    container: string,
    which: "current" | "previous",
  ): ContainerLog | undefined {
    const newest = this.#newest.get(`${namespace}/${pod}`);
    return newest && this.#logs.get(keyOf(newest, container))?.[which];
  }

  /**
   * The path of the newest log of a container (default: the pod's first). @throws Error if no pod with this name was
   * ever here
   */
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
