import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Instant } from "../../ports/fact.ts";
import type { ReaderPod, Workload } from "../../ports/workloads.ts";
import { inSeconds, SimulatedPod } from "./simulated-pod.ts";
import type { SimulatedSecret } from "./simulated-secret.ts";
import type { SimulatedWorkload } from "./simulated-workload.ts";

/** A Deployment of pods that read the Secret by env, its controller and its kubelet: new pods first, then the old ones go. */
export class SimulatedDeployment implements SimulatedWorkload {
  readonly name: string;
  readonly labels: Record<string, string> = {};
  readonly restarts: string[] = [];
  pods: SimulatedPod[] = [];
  /** How long its pods take to end, in ms. */
  terminationMs = 3_000;
  changes = 0;
  text: string | undefined;
  /** Keys of the Secret that its template names and that are not optional. */
  neededKeys: readonly string[] = [];

  readonly #clock: Clock;
  readonly #secret: SimulatedSecret;
  readonly #createdAt: Instant;
  readonly #replicas = 2;
  #generation = 1;
  #progressedAt: Instant;
  /** When something happens next. */
  #dueAt: Instant = 0;
  #count = 0;
  /** How often a restart was asked for. */
  asked = 0;
  /** An admission webhook removes the annotation that asks for a restart. */
  losesMarks = false;

  constructor(name: string, clock: Clock, secret: SimulatedSecret) {
    this.name = name;
    this.#clock = clock;
    this.#secret = secret;
    this.#createdAt = inSeconds(clock.now());
    this.#progressedAt = clock.now();
    this.step();
  }

  get nextAt(): Instant {
    return Math.min(...this.pods.map((pod) => pod.nextAt(this.#clock.now())));
  }

  get workload(): Workload {
    const { replicas, pods } = { replicas: this.#replicas, pods: this.#living };
    const updated = pods.filter(({ generation }) => generation === this.#generation);
    return {
      ref: { kind: "Deployment", namespace: "payments", name: this.name },
      createdAt: this.#createdAt,
      ...(this.text === undefined ? {} : { restartToken: this.text }),
      paused: false,
      replicas,
      strategy: { kind: "RollingUpdate" },
      rollout: {
        observed: true,
        wanted: replicas,
        updated: updated.length,
        total: pods.length,
        available: pods.filter((pod) => this.#isReady(pod)).length,
        terminating: this.pods.length - pods.length,
        closed: true,
        progressedAt: this.#progressedAt,
      },
    };
  }

  get readers(): readonly ReaderPod[] {
    return this.pods.map((pod) => pod.shown(this.#clock.now(), { kind: "Deployment", name: this.name }));
  }

  restart(text: string): void {
    this.asked += 1;
    if (this.text === text || this.losesMarks) return;
    this.text = text;
    this.restarts.push(text);
    this.#generation += 1;
    this.changes += 1;
    this.#stepNow();
  }

  /** Somebody deletes its first pod. */
  deletePod(): void {
    const [pod] = this.#living;
    if (pod !== undefined) this.#end(pod);
    this.#stepNow();
  }

  /** The probes of the pods that it has fail from now on, or succeed again. */
  sicken(isHealthy = false): void {
    for (const pod of this.pods) pod.isHealthy = isHealthy;
    this.changes += 1;
    this.#stepNow();
  }

  /** Does nothing before something is due: a step is taken at every moment of the simulation. */
  step(): void {
    const now = this.#clock.now();
    if (now < this.#dueAt) return;
    this.#bringUp(now);
    this.#dueAt = this.nextAt;
  }

  #bringUp(now: Instant): void {
    const before = JSON.stringify(this.workload.rollout);
    for (const pod of this.pods) pod.bringUp(now, this.#secret);
    this.pods = this.pods.filter((pod) => !pod.isGone(now));
    const isNew = (pod: SimulatedPod) => pod.generation === this.#generation;
    while (this.#living.filter(isNew).length < this.#replicas) this.#add(now);
    if (this.#living.filter((pod) => isNew(pod) && this.#isReady(pod)).length >= this.#replicas)
      for (const pod of this.#living) if (!isNew(pod)) this.#end(pod);
    if (JSON.stringify(this.workload.rollout) === before) return;
    this.#progressedAt = now;
    this.changes += 1;
  }

  #stepNow(): void {
    this.#dueAt = 0;
    this.step();
  }

  #add(now: Instant): void {
    this.#count += 1;
    this.pods.push(new SimulatedPod(`${this.name}-${this.#count}`, this.#generation, now));
  }

  #end(pod: SimulatedPod): void {
    pod.end(this.#clock.now(), this.terminationMs);
  }

  #isReady(pod: SimulatedPod): boolean {
    return pod.isReady(this.#clock.now());
  }

  get #living(): readonly SimulatedPod[] {
    return this.pods.filter(({ isTerminating }) => !isTerminating);
  }
}
