/** How long a container waits before it starts again. */
export interface BackoffLimits {
  /** The wait before the second restart, in ms. A kubelet's is 10,000. @default 1,000 */
  readonly baseMs: number;
  /** The longest wait, in ms. A kubelet's is 300,000. @default 30,000 */
  readonly capMs: number;
}

/** A kubelet's back-off with shorter times. */
export const SANDBOX_BACKOFF: BackoffLimits = { baseMs: 1_000, capMs: 30_000 };

/**
 * The back-off of one container. The first restart is immediate; each further restart waits twice as long as the last
 * one.
 */
export class RestartBackoff {
  readonly #limits: BackoffLimits;
  #nextMs = 0;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
  }

  /** The wait after a run of `ranMs`, in ms. As in a kubelet, a run of twice the longest wait resets the back-off. */
  after(ranMs: number): number {
    const { baseMs, capMs } = this.#limits;
    if (ranMs >= 2 * capMs) this.#nextMs = 0;
    const wait = this.#nextMs;
    this.#nextMs = wait === 0 ? baseMs : Math.min(wait * 2, capMs);
    return wait;
  }
}
