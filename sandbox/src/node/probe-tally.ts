import type { ProbeSpec } from "./kubernetes-types.ts";

/** What a probe is asked for. */
export type ProbeKind = "startup" | "readiness" | "liveness";

/** What a probe says of its container: nothing yet, or which threshold was reached last. */
export type Verdict = "unknown" | "success" | "failure";

/** Results of one probe since its container started. */
export interface Tally {
  /** Successes in a row. */
  readonly successes: number;
  /** Counted failures in a row. */
  readonly failures: number;
  readonly verdict: Verdict;
  /** When a failure was counted last, milliseconds since the epoch. */
  readonly failedAt: number;
}

/** Before the first result. */
export const NO_RESULTS: Tally = {
  successes: 0,
  failures: 0,
  verdict: "unknown",
  failedAt: Number.NEGATIVE_INFINITY,
};

/** How often a container that was never ready is asked, at the most: a kubelet's whole seconds are long in a sandbox. */
const EAGER_MS = 250;

/** Length of a probe's period, milliseconds. */
export function periodMs(probe: ProbeSpec): number {
  return (probe.periodSeconds ?? 10) * 1_000;
}

/**
 * Adds a result of time `now`. A startup probe is asked more often than its period says, so of its failures only one a
 * period counts: the container has `failureThreshold` periods to start, as on a kubelet.
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
 * Milliseconds from the container's start to the first question. A kubelet's liveness probes come at no fixed time within
 * their period; asked at once, no program would pass a probe that forgives nothing.
 */
export function firstProbeIn(kind: ProbeKind, probe: ProbeSpec): number {
  const delay = (probe.initialDelaySeconds ?? 0) * 1_000;
  return kind === "liveness" ? Math.max(delay, periodMs(probe)) : delay;
}

/** Milliseconds until the next question: eager until the container started, or was ready for the first time. */
export function nextProbeIn(kind: ProbeKind, everSucceeded: boolean, probe: ProbeSpec): number {
  const eager = kind !== "liveness" && !everSucceeded;
  return eager ? Math.min(periodMs(probe), EAGER_MS) : periodMs(probe);
}
