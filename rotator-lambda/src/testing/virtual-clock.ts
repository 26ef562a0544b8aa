import type { Clock } from "../clock.ts";

/** A clock that only advances when a caller sleeps. Sleeping takes no real time. */
export class VirtualClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}
