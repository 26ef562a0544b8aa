import type { IncomingMessage } from "node:http";
import { type Call, describeCall } from "./call.ts";

const LIMIT = 100_000;

/** The calls that went through a proxy, in the order of arrival. Beyond 100,000 the oldest ones are dropped. */
export class Journal {
  readonly #calls: Call[] = [];
  #arrived = 0;

  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Records a request that has arrived. */
  add(request: IncomingMessage): Call {
    this.#arrived += 1;
    const call = describeCall(request, this.#arrived);
    this.#calls.push(call);
    // A tenth at a time, because removing one from the front of an array costs as much as removing many.
    if (this.#calls.length > LIMIT) this.#calls.splice(0, LIMIT / 10);
    return call;
  }

  /** Forgets all calls. The next call has number 1. */
  reset(): void {
    this.#calls.length = 0;
    this.#arrived = 0;
  }
}
