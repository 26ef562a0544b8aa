import type { Instant } from "../../ports/fact.ts";
import { type DataChange, isSameContent } from "../../ports/target-secrets.ts";
import type { ReaderPod } from "../../ports/workloads.ts";
import { START_MARGIN_MS } from "../timing.ts";

/**
 * Whether the pod may hold something else than what the Secret carries now. It may hold every version that the Secret
 * carried since (a margin before) its oldest running container started, and anything at all if it is older than the
 * Secret's memory. A pod of which nothing has started yet holds nothing.
 */
export function mayHoldOther(pod: ReaderPod, dataHistory: readonly DataChange[]): boolean {
  const wanted = dataHistory.at(-1);
  if (pod.startedAt === undefined) return false;
  const since = pod.startedAt - START_MARGIN_MS;
  const first = dataHistory[0];
  if (first === undefined || first.time > firstRead(pod.startedAt, pod.optional, dataHistory)) return true;
  return dataHistory.some((write, i) => {
    const replacedAt = dataHistory[i + 1]?.time ?? Infinity;
    if (isSameContent(write, wanted) || replacedAt <= since) return false;
    // Who cannot start without the Secret does not hold its absence.
    return write.version !== "absent" || pod.optional;
  });
}

/** Who cannot start without the Secret has waited for the first thing that it ever carried. Starts are told in whole seconds. */
function firstRead(startedAt: Instant, isOptional: boolean, dataHistory: readonly DataChange[]): Instant {
  return dataHistory.length === 1 && !isOptional ? startedAt + 999 : startedAt - START_MARGIN_MS;
}

/**
 * The earliest time at which a pod may be started so that it is known by its start, which is told in whole seconds, to
 * hold what was written at `writtenAt`.
 */
export function safeStart(writtenAt: Instant): Instant {
  return Math.ceil((writtenAt + START_MARGIN_MS) / 1_000) * 1_000;
}
