import { pause } from "../../pause.ts";
import { type Counts, NO_COUNTS } from "../../samples/web-service/tally.ts";
import { countServices } from "./service-counts.ts";

const EVERY_MS = 250;

/** The services' counts, read again and again. */
export class LiveCounts {
  #counts: Counts = NO_COUNTS;

  /** Counts until aborted. Arguments as for `countServices`. */
  static start(logDir: string, namespace: string, signal: AbortSignal): LiveCounts {
    const live = new LiveCounts();
    void live.#keepCounting(logDir, namespace, signal);
    return live;
  }

  /** At most a second old. */
  get now(): Counts {
    return this.#counts;
  }

  async #keepCounting(logDir: string, namespace: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // A log may vanish between listing and reading.
      this.#counts = await countServices(logDir, namespace).catch(() => this.#counts);
      await pause(EVERY_MS, signal);
    }
  }
}
