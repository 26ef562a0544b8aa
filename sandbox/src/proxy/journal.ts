import type { IncomingMessage } from "node:http";
import { type Call, describeCall } from "./call.ts";

const LIMIT = 100_000;

/** What went through a proxy, in the order of arrival; the oldest calls are forgotten beyond 100,000. */
export class Journal {
  readonly #calls: Call[] = [];
  #arrived = 0;

  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Writes down a request that has arrived. */
  add(request: IncomingMessage): Call {
    this.#arrived += 1;
    const call = describeCall(request, this.#arrived);
    this.#calls.push(call);
    // A tenth at a time, because taking the first from an array costs as much as taking many.
    if (this.#calls.length > LIMIT) this.#calls.splice(0, LIMIT / 10);
    return call;
  }

  /** Forgets everything; the next call is number 1. */
  reset(): void {
    this.#calls.length = 0;
    this.#arrived = 0;
  }
}
