import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";

/** A part of the process that runs until it is stopped. */
export interface Runnable {
  /** Names the part in logs. */
  readonly name: string;
  /** Runs until `signal` aborts, then finishes its work and resolves. To reject or to resolve earlier is a failure. */
  run(signal: AbortSignal): Promise<void>;
}

/** Runnables that are started and stopped together. */
export class RunnableGroup {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #abort = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  #hasFailed = false;
  readonly #running = new Map<string, Promise<void>>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    // A rejection without a handler would end the process. Callers of `failed` still get it.
    this.#failed.promise.catch(() => {});
  }

  /** Rejects with the first failure; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Whether a runnable has failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Starts the runnables. */
  start(runnables: readonly Runnable[]): void {
    for (const runnable of runnables) {
      const ended = this.#run(runnable).finally(() => this.#running.delete(runnable.name));
      this.#running.set(runnable.name, ended);
    }
  }

  /** Aborts all runnables and waits until they have ended, at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#abort.abort(new Error("the process stops"));
    const late = Promise.withResolvers<void>();
    const timer = this.#clock.setTimer(graceMs, late.resolve);
    await Promise.race([Promise.all(this.#running.values()), late.promise]);
    timer.cancel();
    if (this.#running.size > 0)
      this.#log.warn("did not end in time", { names: [...this.#running.keys()], graceMs });
  }

  async #run(runnable: Runnable): Promise<void> {
    try {
      await runnable.run(this.#abort.signal);
      if (!this.#abort.signal.aborted) throw new EndedEarly(runnable.name);
    } catch (error) {
      this.#log.error("failed", { name: runnable.name, error });
      this.#hasFailed = true;
      this.#failed.reject(error);
    }
  }
}

class EndedEarly extends Error {
  override readonly name = "EndedEarly";
  readonly disclosable = true;

  constructor(runnable: string) {
    super(`${runnable} ended without being stopped`);
  }
}
