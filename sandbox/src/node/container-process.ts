import { constants } from "node:os";
import { aborted } from "../pause.ts";
import type { Processes, RunningProcess } from "../processes/processes.ts";
import type { Terminated } from "./container-state.ts";
import { type ActionTarget, runAction } from "./handler-action.ts";
import type { ContainerSpec, Pod, ProbeSpec } from "./kubernetes-types.ts";
import type { LaunchPlan } from "./launch.ts";
import { rewritePath } from "./path-rewriting.ts";
import type { PodLogs } from "./pod-logs.ts";
import type { ProbeKind, Verdict } from "./probe-tally.ts";
import { keepProbing } from "./prober.ts";

/** The parts of one start of a container. */
export interface ContainerProcessOptions {
  readonly pod: Pod;
  readonly spec: ContainerSpec;
  readonly plan: LaunchPlan;
  /** How many times the container was started before. */
  readonly restarts: number;
  /** Address that probes connect to. */
  readonly address: string;
  readonly processes: Processes;
  readonly logs: PodLogs;
  /** Called when `started` or `ready` has changed. */
  readonly changed: () => void;
}

/** One run of a container: its process and its probes, from start to end. */
export class ContainerProcess {
  readonly startedAt: Date;
  readonly containerId: string;
  /** How many times the container was started before. */
  readonly restarts: number;
  /** Settles when the process ends. Never rejects. */
  readonly ended: Promise<Terminated>;
  readonly #options: ContainerProcessOptions;
  readonly #process: RunningProcess;
  readonly #probing = new AbortController();
  #started: boolean;
  #readiness: Verdict = "unknown";
  /** The hook runs once, for any number of requests to end. */
  #preStop: Promise<void> | undefined;

  /** Starts the process. @throws Error if it cannot be started */
  constructor(options: ContainerProcessOptions) {
    const { pod, spec, plan, restarts, processes, logs } = options;
    const log = logs.begin(pod, spec.name, restarts);
    const [command, ...args] = plan.command;
    const name = `${pod.metadata.namespace}_${pod.metadata.name}_${spec.name}`;
    this.#options = options;
    this.#process = processes.spawn({ name, command, args, env: plan.env, cwd: plan.cwd, log: log.path });
    this.startedAt = new Date();
    this.restarts = restarts;
    this.containerId = `process://${pod.metadata.uid}/${spec.name}/${restarts}`;
    this.#started = spec.startupProbe === undefined;
    this.ended = this.#watchEnd(() => log.end());
    this.#startProbes();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Whether it has passed its startup probe, or has none. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether it passes its readiness probe, or has none and has started. */
  get ready(): boolean {
    return (
      this.#started && (this.#options.spec.readinessProbe === undefined || this.#readiness === "success")
    );
  }

  /** Runs the preStop hook, then sends SIGTERM, and SIGKILL once `kill` aborts. Resolves when the process has ended. */
  async end(kill: AbortSignal): Promise<void> {
    this.#preStop ??= this.#runPreStop(kill);
    await Promise.race([this.#preStop, this.ended, aborted(kill)]);
    // Once it has ended, its number may belong to another process.
    if (this.#probing.signal.aborted) return;
    this.#process.kill("SIGTERM");
    await Promise.race([this.ended, aborted(kill)]);
    if (!this.#probing.signal.aborted) this.#process.kill("SIGKILL");
    await this.ended;
  }

  async #runPreStop(kill: AbortSignal): Promise<void> {
    const preStop = this.#options.spec.lifecycle?.preStop;
    if (preStop) await runAction(preStop, this.#target(), kill);
  }

  async #watchEnd(closeLog: () => void): Promise<Terminated> {
    const { code, signal } = await this.#process.exited;
    this.#probing.abort();
    closeLog();
    const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
    const reason = exitCode === 0 ? "Completed" : "Error";
    const { startedAt, containerId } = this;
    return { kind: "terminated", exitCode, reason, startedAt, finishedAt: new Date(), containerId };
  }

  /** As on a kubelet, readiness and liveness probes wait for the startup probe. */
  #startProbes(): void {
    const { startupProbe } = this.#options.spec;
    if (!startupProbe) this.#startSteadyProbes();
    this.#probe("startup", startupProbe, (verdict) => {
      this.#started = verdict === "success";
      this.#options.changed();
      if (this.#started) this.#startSteadyProbes();
      else this.#endIll(startupProbe);
    });
  }

  #startSteadyProbes(): void {
    const { readinessProbe, livenessProbe } = this.#options.spec;
    this.#probe("readiness", readinessProbe, (verdict) => {
      this.#readiness = verdict;
      this.#options.changed();
    });
    this.#probe("liveness", livenessProbe, (verdict) => {
      if (verdict === "failure") this.#endIll(livenessProbe);
    });
  }

  #probe(kind: ProbeKind, probe: ProbeSpec | undefined, onVerdict: (verdict: Verdict) => void): void {
    if (!probe) return;
    void keepProbing({ kind, probe, target: this.#target(), onVerdict, signal: this.#probing.signal });
  }

  #endIll(probe: ProbeSpec | undefined): void {
    const { terminationGracePeriodSeconds = 30 } = { ...this.#options.pod.spec, ...probe };
    void this.end(AbortSignal.timeout(terminationGracePeriodSeconds * 1_000));
  }

  #target(): ActionTarget {
    const { address, spec, plan, processes } = this.#options;
    return {
      address,
      container: spec,
      exec: async (words, signal) => {
        const [command, ...args] = words.map((word) => rewritePath(word, plan.mounts));
        if (!command) return false;
        const { env, cwd } = plan;
        const name = `${spec.name}-exec`;
        const process = processes.spawn({ name, command, args, env, cwd, log: "/dev/null" });
        await Promise.race([process.exited, aborted(signal)]);
        if (signal.aborted) process.kill("SIGKILL");
        return (await process.exited).code === 0;
      },
    };
  }
}
