import type { Instant } from "../../ports/fact.ts";
import { type DataChange, isSameContent } from "../../ports/target-secrets.ts";
import type { ReaderPod } from "../../ports/workloads.ts";
import { START_MARGIN_MS } from "../timing.ts";

/**
 * Whether the pod may hold other data than the Secret carries now. It may hold every version that the Secret carried since its
 * oldest running container started (less a margin). A pod older than the Secret's data history may hold anything. A pod whose
 * containers have not started holds nothing.
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
    // A pod that cannot start without the Secret has read one.
    return write.version !== "absent" || pod.optional;
  });
}

/** A pod that cannot start without the Secret has waited for its first data. Kubernetes shows starts in whole seconds. */
function firstRead(startedAt: Instant, isOptional: boolean, dataHistory: readonly DataChange[]): Instant {
  return dataHistory.length === 1 && !isOptional ? startedAt + 999 : startedAt - START_MARGIN_MS;
}

/**
 * The earliest start of a pod that proves that it holds data written at `writtenAt`. Kubernetes shows starts in whole seconds.
 */
export function safeStart(writtenAt: Instant): Instant {
  return Math.ceil((writtenAt + START_MARGIN_MS) / 1_000) * 1_000;
}
