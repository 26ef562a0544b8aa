import type { Container, ContainerParts, RestartPolicy } from "./container.ts";
import type { ContainerSnapshot } from "./container-state.ts";
import type { ContainerSpec, Pod } from "./kubernetes-types.ts";

/** The containers of one pod, and the order in which they start and end. */
export class PodContainers {
  readonly #init: readonly Container[];
  readonly #main: readonly Container[];
  readonly #policy: RestartPolicy;

  constructor(pod: Pod, make: (spec: ContainerSpec, role: ContainerParts["role"]) => Container) {
    this.#init = (pod.spec.initContainers ?? []).map((spec) =>
      make(spec, spec.restartPolicy === "Always" ? "sidecar" : "init"),
    );
    this.#main = pod.spec.containers.map((spec) => make(spec, "main"));
    this.#policy = (pod.spec.restartPolicy ?? "Always") as RestartPolicy;
  }

  /** The facts of all containers for the pod's status. */
  get snapshots(): {
    readonly init: readonly ContainerSnapshot[];
    readonly main: readonly ContainerSnapshot[];
  } {
    return {
      init: this.#init.map(({ snapshot }) => snapshot),
      main: this.#main.map(({ snapshot }) => snapshot),
    };
  }

  /** Process of a container (default: the first) that runs now. */
  pid(name?: string): number | undefined {
    const all = [...this.#main, ...this.#init];
    return (name === undefined ? all[0] : all.find(({ spec }) => spec.name === name))?.pid;
  }

  /** Sets the reason in the status why no container has started yet. */
  explainWaiting(message: string): void {
    for (const container of [...this.#init, ...this.#main]) container.explainWaiting(message);
  }

  /**
   * Runs the init containers one after the other, then the main containers together, until none of them starts again or
   * until `stop`.
   */
  async run(): Promise<void> {
    if (await this.#initialize())
      await Promise.all(this.#main.map((container) => container.run(this.#policy)));
  }

  /**
   * Ends all containers, and kills the remaining ones once `kill` aborts. Sidecars end after the containers that they
   * serve, the last one first. If the main containers have ended by themselves, the sidecars have `graceSeconds` for
   * themselves.
   */
  async stop(kill: AbortSignal, graceSeconds: number): Promise<void> {
    await Promise.all(this.#main.map((container) => container.stop(kill)));
    const either = AbortSignal.any([kill, AbortSignal.timeout(graceSeconds * 1_000)]);
    for (const container of this.#init.toReversed()) await container.stop(either);
  }

  /** Returns false if the main containers must not start. */
  async #initialize(): Promise<boolean> {
    for (const container of this.#init) {
      if (container.spec.restartPolicy === "Always") {
        void container.run("Always");
        await container.firstStart;
      } else if ((await container.run(this.#policy === "Never" ? "Never" : "OnFailure")) !== 0) return false;
    }
    return true;
  }
}
