/** A timer that was set; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time. Tests hand in a `ManualClock`. */
export interface Clock {
  /** Milliseconds since the epoch; jumps when the machine's clock is set. For times that are persisted or shown. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. For durations, deadlines and due times in memory. */
  monotonic(): number;
  /** Calls `run` once after `ms`; any length, zero and less mean as soon as possible. */
  setTimer(ms: number, run: () => void): Timer;
}

/** setTimeout fires at once when asked for more than a signed 32-bit number of milliseconds (24.8 days). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;

  constructor(ms: number, run: () => void) {
    this.#arm(ms, run);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  #arm(ms: number, run: () => void): void {
    const rest = ms - LONGEST_TIMEOUT_MS;
    this.#handle =
      rest > 0
        ? setTimeout(() => this.#arm(rest, run), LONGEST_TIMEOUT_MS)
        : setTimeout(run, Math.max(0, ms));
  }
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (ms, run) => new SystemTimer(ms, run),
};
