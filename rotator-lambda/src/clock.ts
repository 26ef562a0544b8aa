import { setTimeout as delay } from "node:timers/promises";

/** Time, as the steps see it. All in milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The machine's own time; it only ever goes forward. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms) => {
    await delay(ms);
  },
};
