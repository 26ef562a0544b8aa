import type { Clock } from "../clock.ts";

/** A clock that goes only when somebody sleeps, and then at once. */
export class VirtualClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}
