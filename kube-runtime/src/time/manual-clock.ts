import type { Clock, Timer } from "./clock.ts";

interface ManualTimer extends Timer {
  readonly due: number;
  readonly run: () => void;
}

/** A clock for tests: time moves only by `advance`. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #timers = new Set<ManualTimer>();

  /** @param now milliseconds since the epoch. @default 2026-01-01T00:00:00Z */
  constructor(now: number = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  /** How many timers are set and have neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(ms: number, run: () => void): Timer {
    const timer: ManualTimer = {
      due: this.#monotonic + Math.max(0, ms),
      run,
      cancel: () => this.#timers.delete(timer),
    };
    this.#timers.add(timer);
    return timer;
  }

  /**
   * Moves time forward by `ms` and fires the timers that fall due, in order, each at its own time. Promises that wait for
   * a timer run before the next one fires, so timers that they set fire too.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#moveTo(timer.due);
      this.#timers.delete(timer);
      timer.run();
      await settle();
    }
    this.#moveTo(end);
  }

  /** Sets the wall clock, as an administrator or NTP does. Timers and `monotonic` do not change. */
  setWallClock(now: number): void {
    this.#now = now;
  }

  #next(end: number): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
    }
    return next;
  }

  #moveTo(monotonic: number): void {
    const step = Math.max(0, monotonic - this.#monotonic);
    this.#monotonic += step;
    this.#now += step;
  }
}

/** Lets all promises run that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
