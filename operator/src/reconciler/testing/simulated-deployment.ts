import type { Instant } from "../../ports/fact.ts";
import type { ReaderPod, Workload } from "../../ports/workloads.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { SimulatedSecret } from "./simulated-secret.ts";

/** A pod, and what it has read of the Secret. */
export interface SimulatedPod {
  readonly name: string;
  readonly generation: number;
  /** When it reads the Secret, a while before its container starts. */
  readAt: Instant;
  holds: Readonly<Record<string, string>> | undefined;
  startedAt: Instant | undefined;
  goneAt: Instant;
}

/** From a kubelet's reading of the Secret to the start of the container, in ms; less than the operator's margin. */
const READ_TO_START_MS = 1_500;
const SCHEDULED_AFTER_MS = 400;
/** When a kubelet that misses the Secret tries again, in ms. */
const RETRY_MS = 1_000;

/** A Deployment of pods that read the Secret by env, its controller and its kubelet: new pods first, then the old ones go. */
export class SimulatedDeployment {
  readonly name: string;
  /** The texts that its template was given, one for each restart. */
  readonly restarts: string[] = [];
  pods: SimulatedPod[] = [];
  /** How long its pods take to end, in ms. */
  terminationMs = 3_000;
  /** Counts changes of its spec and of its status. */
  changes = 0;
  text: string | undefined;

  readonly #clock: Clock;
  readonly #secret: SimulatedSecret;
  readonly #createdAt: Instant;
  readonly #replicas = 2;
  #generation = 1;
  #progressedAt: Instant;
  #count = 0;

  constructor(name: string, clock: Clock, secret: SimulatedSecret) {
    this.name = name;
    this.#clock = clock;
    this.#secret = secret;
    this.#createdAt = Math.floor(clock.now() / 1_000) * 1_000;
    this.#progressedAt = clock.now();
    this.step();
  }

  get nextAt(): Instant {
    const starts = this.pods.map(({ startedAt, readAt, holds }) =>
      startedAt === undefined || holds === undefined
        ? readAt
        : startedAt > this.#clock.now()
          ? startedAt
          : Infinity,
    );
    return Math.min(...starts, ...this.pods.map(({ goneAt }) => goneAt));
  }

  get workload(): Workload {
    const { replicas, pods } = { replicas: this.#replicas, pods: this.#living };
    const updated = pods.filter(({ generation }) => generation === this.#generation);
    return {
      ref: { kind: "Deployment", namespace: "payments", name: this.name },
      createdAt: this.#createdAt,
      ...(this.text === undefined ? {} : { versionText: this.text }),
      paused: false,
      replicas,
      rollout: {
        observed: true,
        updated: updated.length,
        total: pods.length,
        available: pods.filter((pod) => this.#isReady(pod)).length,
        terminating: this.pods.length - pods.length,
        progressedAt: this.#progressedAt,
      },
    };
  }

  /** Its pods as the API server shows them: starts in whole seconds. */
  get readers(): readonly ReaderPod[] {
    return this.pods.map((pod) => ({
      name: pod.name,
      owner: { kind: "workload", name: this.name },
      terminating: Number.isFinite(pod.goneAt),
      optional: false,
      ready: this.#isReady(pod),
      ...(this.#isReady(pod) ? { startedAt: Math.floor((pod.startedAt ?? 0) / 1_000) * 1_000 } : {}),
    }));
  }

  restart(text: string): void {
    if (this.text === text) return;
    this.text = text;
    this.restarts.push(text);
    this.#generation += 1;
    this.changes += 1;
    this.step();
  }

  /** Somebody deletes its first pod. */
  deletePod(): void {
    const [pod] = this.#living;
    if (pod !== undefined) this.#end(pod);
    this.step();
  }

  /** What has become due happens: pods read, start, replace others, end. */
  step(): void {
    const now = this.#clock.now();
    const before = JSON.stringify(this.workload.rollout);
    for (const pod of this.pods) this.#bringUp(pod, now);
    this.pods = this.pods.filter(({ goneAt }) => goneAt > now);
    const isNew = (pod: SimulatedPod) => pod.generation === this.#generation;
    while (this.#living.filter(isNew).length < this.#replicas) this.#add(now);
    if (this.#living.filter((pod) => isNew(pod) && this.#isReady(pod)).length >= this.#replicas)
      for (const pod of this.#living) if (!isNew(pod)) this.#end(pod);
    if (JSON.stringify(this.workload.rollout) === before) return;
    this.#progressedAt = now;
    this.changes += 1;
  }

  #bringUp(pod: SimulatedPod, now: Instant): void {
    if (pod.holds !== undefined || now < pod.readAt) return;
    pod.holds = this.#secret.data;
    if (pod.holds === undefined) pod.readAt = now + RETRY_MS;
    else pod.startedAt = now + READ_TO_START_MS;
  }

  #add(now: Instant): void {
    this.#count += 1;
    this.pods.push({
      name: `${this.name}-${this.#count}`,
      generation: this.#generation,
      readAt: now + SCHEDULED_AFTER_MS,
      holds: undefined,
      startedAt: undefined,
      goneAt: Number.POSITIVE_INFINITY,
    });
  }

  #end(pod: SimulatedPod): void {
    pod.goneAt = this.#clock.now() + this.terminationMs;
  }

  #isReady({ startedAt }: SimulatedPod): boolean {
    return startedAt !== undefined && startedAt <= this.#clock.now();
  }

  get #living(): readonly SimulatedPod[] {
    return this.pods.filter(({ goneAt }) => !Number.isFinite(goneAt));
  }
}
