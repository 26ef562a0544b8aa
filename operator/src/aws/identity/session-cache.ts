import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { Answer } from "../calls/secrets-manager-api.ts";
import type { AwsSession } from "../calls/sessions.ts";

/** Who writes RotatedSecrets decides how many there are. */
const MAX_SESSIONS = 2_000;
/** A session is renewed when between so much, and so much more, of its life is over: sessions begun together are not renewed together. */
const RENEW_AFTER = 0.7;
const RENEW_SPREAD = 0.15;
/** A session is not used for a call that its end could overtake. */
const LAST_MINUTE_MS = 60_000;
/** How long what was refused is not asked for again: the resources of a tenant ask together. */
const REFUSED_MS = 10_000;

interface Held {
  readonly answer: Answer<AwsSession>;
  /** By the clock that AWS's expiry is read on. */
  readonly dueAt: number;
  readonly endsAt: number;
}

/** Sessions and refusals, as long as they hold; what was not asked for longest gives way. */
export class SessionCache {
  readonly #clock: Clock;
  readonly #random: Random;
  /** In the order of their last use. */
  readonly #held = new Map<string, Held>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What is held, and whether it is time to ask again; undefined where nothing is that could be used. */
  get(key: string): { readonly answer: Answer<AwsSession>; readonly isDue: boolean } | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    const now = this.#clock.now();
    this.#held.delete(key);
    if (now >= held.endsAt) return undefined;
    this.#held.set(key, held);
    return { answer: held.answer, isDue: now >= held.dueAt };
  }

  /** A problem that passes by itself leaves a session that still holds; one that does not takes its place. */
  put(key: string, answer: Answer<AwsSession>): void {
    this.#keep(key, this.#after(this.#held.get(key), answer));
  }

  /** Forgets this session, if it is held. */
  drop(session: AwsSession): void {
    for (const [key, { answer }] of this.#held)
      if (answer.kind === "answer" && answer.value === session) this.#held.delete(key);
  }

  #after(before: Held | undefined, answer: Answer<AwsSession>): Held {
    const now = this.#clock.now();
    if (answer.kind === "answer") {
      const { expiresAt } = answer.value;
      const share = RENEW_AFTER + RENEW_SPREAD * this.#random();
      return { answer, dueAt: now + (expiresAt - now) * share, endsAt: expiresAt - LAST_MINUTE_MS };
    }
    const until = now + this.#pauseMs();
    const isAway = answer.problem.kind === "unavailable";
    return isAway && before?.answer.kind === "answer"
      ? { ...before, dueAt: until }
      : { answer, dueAt: until, endsAt: until };
  }

  #pauseMs(): number {
    return REFUSED_MS * (1 + this.#random() / 2);
  }

  #keep(key: string, held: Held): void {
    this.#held.delete(key);
    this.#held.set(key, held);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= MAX_SESSIONS) break;
      this.#held.delete(oldest);
    }
  }
}
