import { pause } from "../pause.ts";
import { ContainerProcess, type ContainerProcessOptions } from "./container-process.ts";
import type { ContainerSnapshot, ContainerState, Terminated, Waiting } from "./container-state.ts";
import type { ContainerSpec } from "./kubernetes-types.ts";
import type { Launch, LaunchPlan } from "./launch.ts";
import { type BackoffLimits, RestartBackoff } from "./restart-backoff.ts";

/** The ends of a process after which the container is restarted. */
export type RestartPolicy = "Always" | "OnFailure" | "Never";

/** The parts of the pod and the node that one container uses. */
export interface ContainerParts
  extends Pick<ContainerProcessOptions, "pod" | "address" | "processes" | "logs" | "changed"> {
  readonly backoff: BackoffLimits;
  /** `init`: runs to its end before the next container may start, and is ready if it succeeded. */
  readonly role: "init" | "sidecar" | "main";
  /** Reads all values now, and builds the process from them. */
  launch(restarts: number): Promise<Launch>;
  /** Settles with the next change of any object that the pod refers to. */
  nextChange(): Promise<void>;
}

/** A container that cannot start is tried again after this time at the latest, in ms. */
const RETRY_MS = 2_000;

/** One container of one pod. It starts the process, and restarts it when it ends. */
export class Container {
  readonly spec: ContainerSpec;
  readonly #parts: ContainerParts;
  readonly #ending = new AbortController();
  readonly #firstStart = Promise.withResolvers<void>();
  #state: ContainerState;
  #last: Terminated | undefined;
  #process: ContainerProcess | undefined;
  #containerId: string | undefined;
  #restarts = 0;

  constructor(spec: ContainerSpec, parts: ContainerParts) {
    this.spec = spec;
    this.#parts = parts;
    const initFirst = (parts.pod.spec.initContainers?.length ?? 0) > 0;
    this.#state = { kind: "waiting", reason: initFirst ? "PodInitializing" : "ContainerCreating" };
  }

  get snapshot(): ContainerSnapshot {
    const last = this.#last;
    const containerId = this.#containerId;
    return {
      name: this.spec.name,
      image: this.spec.image ?? "",
      state: this.#state,
      started: this.#process?.started ?? false,
      ready: this.#ready(),
      restartCount: this.#restarts,
      ...(last ? { last } : {}),
      ...(containerId ? { containerId } : {}),
    };
  }

  /** The process that runs now. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Settles when the container has passed its startup probe for the first time, or never will. */
  get firstStart(): Promise<void> {
    return this.#firstStart.promise;
  }

  /** Sets the reason in the status why the container has not started yet. */
  explainWaiting(message: string): void {
    if (this.#state.kind === "waiting") this.#become({ ...this.#state, message });
  }

  /**
   * Runs until the policy allows no further start, or until `stop`. Resolves with the last exit code, if there is one.
   */
  async run(policy: RestartPolicy): Promise<number | undefined> {
    const backoff = new RestartBackoff(this.#parts.backoff);
    let ended: Terminated | undefined;
    for (;;) {
      const process = await this.#untilStarted(ended ? this.#restarts + 1 : 0);
      if (!process) break;
      ended = await this.#follow(process, ended);
      if (this.#ending.signal.aborted || !startsAgain(policy, ended.exitCode)) break;
      await this.#backOff(ended, backoff);
    }
    this.#firstStart.resolve();
    return ended?.exitCode;
  }

  /** Ends the process: preStop hook, SIGTERM, and SIGKILL once `kill` aborts. It is not started again. */
  async stop(kill: AbortSignal): Promise<void> {
    this.#ending.abort();
    this.#parts.changed();
    await this.#process?.end(kill);
  }

  async #untilStarted(restarts: number): Promise<ContainerProcess | undefined> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const change = this.#parts.nextChange();
      const launch = await this.#launch(restarts);
      if (signal.aborted) return undefined;
      const started = launch.kind === "ready" ? this.#start(launch.plan, restarts) : launch;
      if (started instanceof ContainerProcess) return started;
      this.#become(started);
      await Promise.race([change, pause(RETRY_MS, signal)]);
    }
    return undefined;
  }

  async #launch(restarts: number): Promise<Launch> {
    try {
      return await this.#parts.launch(restarts);
    } catch (error) {
      return { kind: "waiting", reason: "CreateContainerConfigError", message: messageOf(error) };
    }
  }

  #start(plan: LaunchPlan, restarts: number): ContainerProcess | Waiting {
    try {
      const changed = () => this.#changed();
      const process = new ContainerProcess({ ...this.#parts, spec: this.spec, plan, restarts, changed });
      // Set at once, so that `stop` always finds the process.
      this.#process = process;
      return process;
    } catch (error) {
      return { kind: "waiting", reason: "RunContainerError", message: messageOf(error) };
    }
  }

  async #follow(process: ContainerProcess, before: Terminated | undefined): Promise<Terminated> {
    this.#last = before;
    this.#restarts = process.restarts;
    this.#containerId = process.containerId;
    this.#become({ kind: "running", startedAt: process.startedAt });
    const ended = await process.ended;
    this.#process = undefined;
    this.#become(ended);
    return ended;
  }

  async #backOff(ended: Terminated, backoff: RestartBackoff): Promise<void> {
    const waitMs = backoff.after(ended.finishedAt.getTime() - ended.startedAt.getTime());
    if (waitMs === 0) return;
    const { name, namespace, uid } = this.#parts.pod.metadata;
    const message = `back-off ${waitMs / 1_000}s restarting failed container=${this.spec.name} pod=${name}_${namespace}(${uid})`;
    this.#last = ended;
    this.#become({ kind: "waiting", reason: "CrashLoopBackOff", message });
    await pause(waitMs, this.#ending.signal);
    // A container that waits for its next start when the pod ends counts as ended.
    if (this.#ending.signal.aborted) this.#become(ended);
  }

  #ready(): boolean {
    if (this.#state.kind === "terminated") return this.#parts.role === "init" && this.#state.exitCode === 0;
    return !this.#ending.signal.aborted && (this.#process?.ready ?? false);
  }

  #become(state: ContainerState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    if (this.#process?.started) this.#firstStart.resolve();
    this.#parts.changed();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function startsAgain(policy: RestartPolicy, exitCode: number): boolean {
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}
