import { setTimeout as delay } from "node:timers/promises";

/** The time source of the steps, in milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The machine's monotonic time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms) => {
    await delay(ms);
  },
};
