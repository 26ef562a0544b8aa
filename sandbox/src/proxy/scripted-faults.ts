import type { Call } from "./call.ts";
import type { CallFault, CallInjection, Injected } from "./fault.ts";

/** A fault that is due on one call. */
export interface DueFault {
  readonly fault: CallFault;
  /** Writes down that the call is hit. */
  strikes(): void;
}

/** The faults that are scripted for calls to come; where several are due on a call, the one scripted first. */
export class ScriptedFaults {
  readonly #scripts = new Set<Script>();

  add(injection: CallInjection): Injected {
    const script = new Script(injection);
    this.#scripts.add(script);
    return { hit: script.hit, swallowedBytes: 0, remove: () => void this.#scripts.delete(script) };
  }

  /** What is due on a call that has arrived. Asked once for each. */
  due(call: Call): { readonly [when in CallInjection["when"]]: DueFault | undefined } {
    const due = [...this.#scripts].filter((script) => script.counts(call));
    const first = (when: CallInjection["when"]) => {
      const script = due.find(({ injection }) => injection.when === when);
      return script && { fault: script.injection.fault, strikes: () => void script.hit.push(call) };
    };
    return { before: first("before"), after: first("after") };
  }
}

class Script {
  readonly injection: CallInjection;
  readonly hit: Call[] = [];
  #matched = 0;

  constructor(injection: CallInjection) {
    this.injection = injection;
  }

  /** Counts the call if it matches. Returns whether it is one of those to be hit. */
  counts(call: Call): boolean {
    const { on, nth = 1, times = 1 } = this.injection;
    if (!on(call)) return false;
    this.#matched += 1;
    return this.#matched >= nth && this.#matched < nth + times;
  }
}
