import type { ProbeSpec } from "./kubernetes-types.ts";

/** The kinds of probes. */
export type ProbeKind = "startup" | "readiness" | "liveness";

/** The verdict of a probe: none yet, or the threshold that was reached last. */
export type Verdict = "unknown" | "success" | "failure";

/** The results of one probe since its container started. */
export interface Tally {
  /** Consecutive successes. */
  readonly successes: number;
  /** Counted consecutive failures. */
  readonly failures: number;
  readonly verdict: Verdict;
  /** The time of the last counted failure, in ms since 1970. */
  readonly failedAt: number;
}

/** Before the first result. */
export const NO_RESULTS: Tally = {
  successes: 0,
  failures: 0,
  verdict: "unknown",
  failedAt: Number.NEGATIVE_INFINITY,
};

/** The longest interval while a container was never ready: a kubelet's whole seconds are long in a sandbox. */
const EAGER_MS = 250;

/** A probe's period, in ms. */
export function periodMs(probe: ProbeSpec): number {
  return (probe.periodSeconds ?? 10) * 1_000;
}

/**
 * Adds a result of the time `now`. A startup probe runs more often than its period says, so only one failure per period
 * counts: as on a kubelet, the container has `failureThreshold` periods to start.
 */
export function tally(before: Tally, kind: ProbeKind, ok: boolean, probe: ProbeSpec, now: number): Tally {
  if (ok) {
    const successes = before.successes + 1;
    const verdict = successes >= (probe.successThreshold ?? 1) ? "success" : before.verdict;
    return { ...before, successes, failures: 0, verdict };
  }
  if (kind === "startup" && now - before.failedAt < periodMs(probe)) return before;
  const failures = before.failures + 1;
  const verdict = failures >= (probe.failureThreshold ?? 3) ? "failure" : before.verdict;
  return { successes: 0, failures, verdict, failedAt: now };
}

/**
 * Time from the container's start to the first probe, in ms. A kubelet's liveness probes start at a random time within
 * their period. With a probe at once, no program could pass a `failureThreshold` of 1.
 */
export function firstProbeIn(kind: ProbeKind, probe: ProbeSpec): number {
  const delay = (probe.initialDelaySeconds ?? 0) * 1_000;
  return kind === "liveness" ? Math.max(delay, periodMs(probe)) : delay;
}

/** Time until the next probe, in ms: short until the container has started, or was ready for the first time. */
export function nextProbeIn(kind: ProbeKind, everSucceeded: boolean, probe: ProbeSpec): number {
  const eager = kind !== "liveness" && !everSucceeded;
  return eager ? Math.min(periodMs(probe), EAGER_MS) : periodMs(probe);
}
