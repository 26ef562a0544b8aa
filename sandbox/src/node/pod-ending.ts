/** How a pod comes to its end: first it is asked to, and when its grace is over it is killed. */
export class PodEnding {
  readonly #begun = new AbortController();
  readonly #kill = new AbortController();
  #graceSeconds = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Aborted when the pod is to end. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Aborted when its grace is over. */
  get kill(): AbortSignal {
    return this.#kill.signal;
  }

  /** Ends the pod; a further call can only shorten the grace, as on a kubelet. */
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

  /** Nothing is left to kill. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
