/** A timer that was set. */
export interface Timer {
  /** Does nothing if the timer has fired. */
  cancel(): void;
}

/** The only source of time. Tests use a `ManualClock`. */
export interface Clock {
  /** Milliseconds since the epoch. Jumps when the machine's clock is set. For times that are stored or shown. */
  now(): number;
  /** Milliseconds since an arbitrary start. Never goes back. For durations and deadlines. */
  monotonic(): number;
  /** Calls `run` once after `ms`, however long that is; 0 and less mean as soon as possible. */
  setTimer(ms: number, run: () => void): Timer;
}

/** For a delay above a signed 32-bit number of milliseconds (24.8 days), setTimeout fires at once. */
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
