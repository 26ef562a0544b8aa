import { pause } from "../pause.ts";
import { type ActionTarget, runAction } from "./handler-action.ts";
import type { ProbeSpec } from "./kubernetes-types.ts";
import {
  firstProbeIn,
  NO_RESULTS,
  nextProbeIn,
  type ProbeKind,
  type Tally,
  tally,
  type Verdict,
} from "./probe-tally.ts";

/** One probe of one running container. */
export interface ProberOptions {
  readonly kind: ProbeKind;
  readonly probe: ProbeSpec;
  readonly target: ActionTarget;
  /** Called when the verdict changes. */
  readonly onVerdict: (verdict: Verdict) => void;
  /** Ends the probe. */
  readonly signal: AbortSignal;
}

/** Probes the container until the signal aborts. A startup probe ends with its first verdict. */
export async function keepProbing({ kind, probe, target, onVerdict, signal }: ProberOptions): Promise<void> {
  let state: Tally = NO_RESULTS;
  let everSucceeded = false;
  await pause(firstProbeIn(kind, probe), signal);
  while (!signal.aborted) {
    const timeout = AbortSignal.timeout((probe.timeoutSeconds ?? 1) * 1_000);
    const ok = await runAction(probe, target, AbortSignal.any([signal, timeout]));
    // A result of a container that is ending has no meaning.
    if (signal.aborted) return;
    const before = state.verdict;
    state = tally(state, kind, ok, probe, Date.now());
    everSucceeded ||= state.verdict === "success";
    if (state.verdict !== before) onVerdict(state.verdict);
    if (kind === "startup" && state.verdict !== "unknown") return;
    await pause(nextProbeIn(kind, everSucceeded, probe), signal);
  }
}
