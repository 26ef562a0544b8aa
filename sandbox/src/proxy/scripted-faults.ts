import type { Call } from "./call.ts";
import type { CallFault, CallInjection, Injected } from "./fault.ts";

/** A fault that applies to one call. */
export interface DueFault {
  readonly fault: CallFault;
  /** Records that the call is hit. */
  strikes(): void;
}

/** The active faults for future calls. If several match a call, the one that was scripted first applies. */
export class ScriptedFaults {
  readonly #scripts = new Set<Script>();

  add(injection: CallInjection): Injected {
    const script = new Script(injection);
    this.#scripts.add(script);
    return { hit: script.hit, swallowedBytes: 0, remove: () => void this.#scripts.delete(script) };
  }

  /** The fault that applies to a call that has arrived. Called once per call. */
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

  /** Counts the call if it matches. Returns whether it must be hit. */
  counts(call: Call): boolean {
    const { on, nth = 1, times = 1 } = this.injection;
    if (!on(call)) return false;
    this.#matched += 1;
    return this.#matched >= nth && this.#matched < nth + times;
  }
}
