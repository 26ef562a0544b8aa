import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import { type LRU, lru } from "tiny-lru";
import type { Answer } from "../calls/answer.ts";
import type { AwsSession } from "../calls/sessions.ts";

/** The authors of RotatedSecrets decide how many are in use. */
const MAX_SESSIONS = 2_000;
/** A session is renewed at a random point between 70 % and 85 % of its lifetime, so that sessions started together are not renewed together. */
const RENEW_AFTER = 0.7;
const RENEW_SPREAD = 0.15;
/** A session is not used for a call that could outlast it. */
const LAST_MINUTE_MS = 60_000;
/** A refusal is kept for this time, and up to half of it more: the resources of a tenant ask together. */
const REFUSED_MS = 10_000;

/** Times by the wall clock, as AWS's expiry. */
interface Held {
  readonly answer: Answer<AwsSession>;
  readonly dueAt: number;
  readonly endsAt: number;
}

/** Sessions, and refusals of sessions, until they expire. */
export class SessionCache {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #held: LRU<Held> = lru(MAX_SESSIONS);

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The session or refusal, and whether it is time to ask again; undefined if there is none, or it has expired. */
  get(key: string): { readonly answer: Answer<AwsSession>; readonly isDue: boolean } | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    const now = this.#clock.now();
    if (now < held.endsAt) return { answer: held.answer, isDue: now >= held.dueAt };
    this.#held.delete(key);
    return undefined;
  }

  /** Keeps the answer. A temporary problem does not replace a session that still works; any other problem does. */
  put(key: string, answer: Answer<AwsSession>): void {
    this.#held.set(key, this.#after(this.#held.get(key), answer));
  }

  /** Forgets this session. */
  drop(session: AwsSession): void {
    for (const key of this.#held.keys()) {
      const answer = this.#held.peek(key)?.answer;
      if (answer?.kind === "answer" && answer.value === session) this.#held.delete(key);
    }
  }

  #after(before: Held | undefined, answer: Answer<AwsSession>): Held {
    const now = this.#clock.now();
    if (answer.kind === "answer") {
      const { expiresAt } = answer.value;
      const share = RENEW_AFTER + RENEW_SPREAD * this.#random();
      return { answer, dueAt: now + (expiresAt - now) * share, endsAt: expiresAt - LAST_MINUTE_MS };
    }
    const until = now + this.#pauseMs();
    const isTemporary = answer.problem.kind === "unavailable";
    return isTemporary && before?.answer.kind === "answer"
      ? { ...before, dueAt: until }
      : { answer, dueAt: until, endsAt: until };
  }

  #pauseMs(): number {
    return REFUSED_MS * (1 + this.#random() / 2);
  }
}
