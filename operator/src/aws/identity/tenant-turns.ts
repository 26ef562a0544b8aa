import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";

/** So many sessions may a namespace begin in so long a time; one that works needs one an hour for each role. */
const TURNS = 30;
const WINDOW_MS = 10_000;
const MAX_NAMESPACES = 10_000;

/**
 * Keeps a namespace that names a thousand roles from taking the operator's requests away from the others. Who has no turn
 * left does not wait for one, for that would hold up whoever works on it: it is told so, and comes again.
 */
export class TenantTurns {
  readonly #clock: Clock;
  /** In the order of their windows' beginnings; `since` by the monotonic clock. */
  readonly #windows = new Map<string, { readonly since: number; readonly taken: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the namespace has a turn, which is taken then. */
  take(namespace: string): boolean {
    const now = this.#clock.monotonic();
    const window = this.#windows.get(namespace);
    if (window === undefined || now - window.since >= WINDOW_MS) this.#open(namespace, now);
    else if (window.taken >= TURNS) return false;
    else this.#windows.set(namespace, { ...window, taken: window.taken + 1 });
    return true;
  }

  #open(namespace: string, now: number): void {
    this.#windows.delete(namespace);
    this.#windows.set(namespace, { since: now, taken: 1 });
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MAX_NAMESPACES) break;
      this.#windows.delete(oldest);
    }
  }
}
