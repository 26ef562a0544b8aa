import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { fullJitter } from "./full-jitter.ts";

/** What one secret suffers may be its own; when so many suffer in a row it is the region that is away. */
const SECRETS_UNTIL_AWAY = 3;

/**
 * Whether AWS answers in one region. When it does not, reads that nobody waits for stay away, longer with every failure.
 */
export class RegionHealth {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #changed: () => void;
  /** Ids of secrets whose reads failed since AWS last answered. */
  readonly #failing = new Set<string>();
  #failuresWhileAway = 0;
  #away: AwsProblem | undefined;
  /** By the monotonic clock. */
  #closedUntil = Number.NEGATIVE_INFINITY;

  /** @param changed called when `away` has come or gone */
  constructor(clock: Clock, random: Random, changed: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#changed = changed;
  }

  /** Why nothing can be learned from this region; undefined while it answers. */
  get away(): AwsProblem | undefined {
    return this.#away;
  }

  /** How long reads that nobody waits for should stay away, in ms; 0 when they need not. */
  get closedForMs(): number {
    return this.#away === undefined ? 0 : Math.max(0, this.#closedUntil - this.#clock.monotonic());
  }

  /** When a read that stayed away may try again, in ms; another time for each who asks. */
  reopensInMs(): number {
    return this.closedForMs + fullJitter(this.#random, this.#failuresWhileAway);
  }

  /** Whether the last read of this secret failed, and AWS has not answered since. */
  isFailing(secretId: string): boolean {
    return this.#failing.has(secretId);
  }

  /** AWS answered, be it by a refusal. */
  answered(): void {
    this.#failing.clear();
    this.#failuresWhileAway = 0;
    if (this.#away === undefined) return;
    this.#away = undefined;
    this.#changed();
  }

  /** AWS did not answer a read of this secret, or asked to be left alone. @param outOf how many secrets there are */
  failed(secretId: string, problem: AwsProblem, outOf: number): void {
    if (this.#away !== undefined) {
      this.#failuresWhileAway += 1;
      this.#closedUntil = this.#clock.monotonic() + fullJitter(this.#random, this.#failuresWhileAway);
      return;
    }
    this.#failing.add(secretId);
    if (this.#failing.size < Math.min(SECRETS_UNTIL_AWAY, outOf)) return;
    this.#away = problem;
    this.#changed();
  }
}
