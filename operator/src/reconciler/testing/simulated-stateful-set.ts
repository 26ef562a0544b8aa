import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Instant } from "../../ports/fact.ts";
import type { ReaderPod, UpdateStrategy, Workload } from "../../ports/workloads.ts";
import { inSeconds, SimulatedPod } from "./simulated-pod.ts";
import type { SimulatedSecret } from "./simulated-secret.ts";
import type { SimulatedWorkload } from "./simulated-workload.ts";

/** How long its pods take to end, in ms. */
const TERMINATION_MS = 3_000;

/**
 * A StatefulSet of pods that read the Secret by env, its controller and its kubelet: from the highest ordinal down, one pod
 * goes, and its replacement is ready before the next one goes. It does not report the time of its progress.
 */
export class SimulatedStatefulSet implements SimulatedWorkload {
  readonly name: string;
  readonly labels: Record<string, string> = {};
  readonly restarts: string[] = [];
  strategy: UpdateStrategy = { kind: "RollingUpdate" };
  changes = 0;
  text: string | undefined;

  readonly #clock: Clock;
  readonly #secret: SimulatedSecret;
  readonly #createdAt: Instant;
  readonly #pods: (SimulatedPod | undefined)[] = [undefined, undefined, undefined];
  #generation = 1;
  /** Generation of the template that all pods had when a rollout last finished. */
  #closedGeneration = 1;

  constructor(name: string, clock: Clock, secret: SimulatedSecret) {
    this.name = name;
    this.#clock = clock;
    this.#secret = secret;
    this.#createdAt = inSeconds(clock.now());
    this.step();
  }

  get pods(): readonly SimulatedPod[] {
    return this.#pods.filter((pod) => pod !== undefined);
  }

  get nextAt(): Instant {
    return Math.min(...this.pods.map((pod) => pod.nextAt(this.#clock.now())));
  }

  get workload(): Workload {
    const replicas = this.#pods.length;
    const first = this.#firstReplaced;
    return {
      ref: { kind: "StatefulSet", namespace: "payments", name: this.name },
      createdAt: this.#createdAt,
      ...(this.text === undefined ? {} : { restartToken: this.text }),
      paused: false,
      replicas,
      strategy: this.strategy,
      rollout: {
        observed: true,
        wanted: Math.max(0, replicas - first),
        updated: this.pods.filter(({ generation }) => generation === this.#generation).length,
        total: this.pods.length,
        available: this.pods.filter((pod) => this.#isReady(pod)).length,
        terminating: 0,
        closed: this.strategy.kind !== "RollingUpdate" || this.#closedGeneration === this.#generation,
      },
    };
  }

  get readers(): readonly ReaderPod[] {
    return this.pods.map((pod) => pod.shown(this.#clock.now(), { kind: "StatefulSet", name: this.name }));
  }

  restart(text: string): void {
    if (this.text === text) return;
    this.text = text;
    this.restarts.push(text);
    this.#generation += 1;
    this.changes += 1;
    this.step();
  }

  /** Somebody deletes the pod with this name. */
  deletePod(name: string): void {
    this.pods.find((pod) => pod.name === name)?.end(this.#clock.now(), TERMINATION_MS);
    this.step();
  }

  step(): void {
    const now = this.#clock.now();
    const before = JSON.stringify(this.workload.rollout);
    for (const [ordinal, pod] of this.#pods.entries()) {
      pod?.bringUp(now, this.#secret);
      if (pod === undefined || pod.isGone(now)) this.#pods[ordinal] = this.#made(ordinal, now);
    }
    this.#replace(now);
    if (JSON.stringify(this.workload.rollout) !== before) this.changes += 1;
  }

  #made(ordinal: number, now: Instant): SimulatedPod {
    // Below the partition a pod comes back with the former template.
    const isNew = this.strategy.kind !== "Partition" || ordinal >= this.#firstReplaced;
    const generation = isNew ? this.#generation : this.#closedGeneration;
    return new SimulatedPod(`${this.name}-${ordinal}`, generation, now);
  }

  #replace(now: Instant): void {
    if (!this.pods.every((pod) => this.#isReady(pod) && !pod.isTerminating)) return;
    const due = this.#pods.findLast(
      (pod, ordinal) => ordinal >= this.#firstReplaced && pod?.generation !== this.#generation,
    );
    if (due === undefined) {
      if (this.#firstReplaced === 0) this.#closedGeneration = this.#generation;
    } else due.end(now, TERMINATION_MS);
  }

  #isReady(pod: SimulatedPod): boolean {
    return pod.isReady(this.#clock.now());
  }

  /** The lowest ordinal that the controller replaces. */
  get #firstReplaced(): number {
    if (this.strategy.kind === "Partition") return this.strategy.from;
    return this.strategy.kind === "OnDelete" ? Infinity : 0;
  }
}
