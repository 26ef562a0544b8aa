interface Flight<T> {
  readonly running: Promise<T>;
  /** For callers that must not take the result of the running work. */
  next: Promise<T> | undefined;
}

/**
 * Work that callers share, by key: for each key one piece of work runs at a time, and all callers get its result. A caller
 * that gives up stops waiting (`untilAborted`); the work goes on for the others.
 */
export class SharedFlights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** The result of the work that runs for this key. If none runs, starts `work`. */
  join(key: string, work: () => Promise<T>): Promise<T> {
    return this.#flights.get(key)?.running ?? this.#start(key, work);
  }

  /**
   * The result of work that starts after this call, for callers that know more than the running work may have seen. They
   * share the next piece of work, which starts when the running one has ended, however it ends.
   */
  joinNext(key: string, work: () => Promise<T>): Promise<T> {
    const flight = this.#flights.get(key);
    if (flight === undefined) return this.#start(key, work);
    const next = () => this.join(key, work);
    flight.next ??= flight.running.then(next, next);
    return flight.next;
  }

  #start(key: string, work: () => Promise<T>): Promise<T> {
    const running = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, { running, next: undefined });
    return running;
  }
}
