import type { Instant } from "../../ports/fact.ts";
import type { PodOwner, ReaderPod } from "../../ports/workloads.ts";
import type { SimulatedSecret } from "./simulated-secret.ts";

/** From a kubelet's reading of the Secret to the start of the container, in ms; less than the operator's margin. */
const READ_TO_START_MS = 1_500;
const SCHEDULED_AFTER_MS = 400;
/** When a kubelet that misses the Secret tries again, in ms. */
const RETRY_MS = 1_000;

/** A pod that reads the Secret by env, and its kubelet. */
export class SimulatedPod {
  readonly name: string;
  /** Generation of the template that it was created from. */
  readonly generation: number;
  /** The data that it has read; undefined before that. */
  holds: Readonly<Record<string, string>> | undefined;
  /** Whether its probe may succeed once it has started. */
  isHealthy = true;
  readonly #createdAt: Instant;
  /** When it reads the Secret, a while before its container starts. */
  #readAt: Instant;
  #startedAt: Instant | undefined;
  #goneAt = Number.POSITIVE_INFINITY;

  constructor(name: string, generation: number, now: Instant) {
    this.name = name;
    this.generation = generation;
    this.#createdAt = now;
    this.#readAt = now + SCHEDULED_AFTER_MS;
  }

  get isTerminating(): boolean {
    return Number.isFinite(this.#goneAt);
  }

  /** When something happens to it next by itself. */
  nextAt(now: Instant): Instant {
    if (this.holds === undefined || this.#startedAt === undefined)
      return Math.min(this.#readAt, this.#goneAt);
    return Math.min(this.#startedAt > now ? this.#startedAt : Infinity, this.#goneAt);
  }

  isReady(now: Instant): boolean {
    return this.isHealthy && this.#hasStarted(now);
  }

  isGone(now: Instant): boolean {
    return this.#goneAt <= now;
  }

  /** Reads the Secret, once it is time and there is one. */
  bringUp(now: Instant, secret: SimulatedSecret): void {
    if (this.holds !== undefined || now < this.#readAt) return;
    this.holds = secret.data;
    if (this.holds === undefined) this.#readAt = now + RETRY_MS;
    else this.#startedAt = now + READ_TO_START_MS;
  }

  /** Somebody deletes it. `terminationMs` is how long it takes to end, in ms. */
  end(now: Instant, terminationMs: number): void {
    this.#goneAt = now + terminationMs;
  }

  /** The pod as the API server shows it, with times in whole seconds. */
  shown(now: Instant, owner: PodOwner): ReaderPod {
    return {
      name: this.name,
      owner,
      terminating: this.isTerminating,
      createdAt: inSeconds(this.#createdAt),
      optional: false,
      ready: this.isReady(now),
      ...(this.#hasStarted(now) ? { startedAt: inSeconds(this.#startedAt ?? 0) } : {}),
    };
  }

  #hasStarted(now: Instant): boolean {
    return this.#startedAt !== undefined && this.#startedAt <= now;
  }
}

/** Whole seconds, as the API server shows times. */
export function inSeconds(time: Instant): Instant {
  return Math.floor(time / 1_000) * 1_000;
}
