/** The end of a pod: first it is asked to end, and it is killed when its grace period is over. */
export class PodEnding {
  readonly #begun = new AbortController();
  readonly #kill = new AbortController();
  #graceSeconds = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Aborts when the pod must end. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Aborts when its grace period is over. */
  get kill(): AbortSignal {
    return this.#kill.signal;
  }

  /** Ends the pod. As on a kubelet, a further call can only shorten the grace period. */
  within(graceSeconds: number): void {
    if (this.#closed || graceSeconds >= this.#graceSeconds) {
      this.#begun.abort();
      return;
    }
    this.#graceSeconds = graceSeconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#kill.abort(), graceSeconds * 1_000);
    this.#begun.abort();
  }

  /** Called when no process is left. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
