/** How long a container that ended waits before it starts again. */
export interface BackoffLimits {
  /** Milliseconds before the second restart. A kubelet's is 10,000. @default 1,000 */
  readonly baseMs: number;
  /** The longest wait, in milliseconds. A kubelet's is 300,000. @default 30,000 */
  readonly capMs: number;
}

/** A kubelet's back-off in the short times of a sandbox. */
export const SANDBOX_BACKOFF: BackoffLimits = { baseMs: 1_000, capMs: 30_000 };

/** Back-off of one container: the first restart is immediate, each further one waits twice as long as the last. */
export class RestartBackoff {
  readonly #limits: BackoffLimits;
  #nextMs = 0;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
  }

  /** Milliseconds to wait after a run of `ranMs`; a run of twice the cap is health and starts anew, as in a kubelet. */
  after(ranMs: number): number {
    const { baseMs, capMs } = this.#limits;
    if (ranMs >= 2 * capMs) this.#nextMs = 0;
    const wait = this.#nextMs;
    this.#nextMs = wait === 0 ? baseMs : Math.min(wait * 2, capMs);
    return wait;
  }
}
