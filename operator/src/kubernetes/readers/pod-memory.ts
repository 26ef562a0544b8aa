import type { Instant } from "../../ports/fact.ts";
import type { ContainerStatus, Pod } from "./pod.ts";
import type { SecretUse } from "./secret-references.ts";

/**
 * Since when the pod may remember a value of the Secret, in whole seconds rounded down; undefined if it remembers none.
 * If the exact time is unknown, the result is the earlier one. A pod that looks too old is restarted once more than
 * needed; a pod that looks too young would keep a credential that is about to be revoked.
 *
 * - A running container remembers since its start, whether it reads the Secret or gets it from another container. The
 *   same holds for sidecars.
 * - A container that waits for a restart has lost its environment and memory, and will read again: it does not count.
 * - An init container that read the Secret may have put it into a shared volume: it counts since its start, even when ended.
 * - A volume is filled before the pod's sandbox is created, and the image is pulled after that. The kubelet updates the
 *   files only when a container has started or ended. So before and during a container's first run, the files are as
 *   old as the sandbox.
 * - Nothing is older than the pod: the API server's creation time counts more than the clock of a node.
 * - Without container statuses, as after the loss of a node, all containers may have started with the pod.
 */
export function remembersSince(pod: Pod, use: SecretUse | undefined): Instant | undefined {
  const since = startOfMemory(pod, use);
  return since === undefined ? undefined : Math.max(since, Date.parse(pod.metadata.creationTimestamp));
}

function startOfMemory(pod: Pod, use: SecretUse | undefined): Instant | undefined {
  const { phase, containerStatuses } = pod.status;
  const wasStarted = phase === "Running" || phase === "Unknown";
  if (wasStarted && containerStatuses.length === 0) return podStart(pod);
  const running = [...containerStatuses, ...sidecarStatuses(pod)].filter(({ state }) => state?.running);
  const readers = initStatusesReading(pod, use);
  const starts = [...running, ...readers].map((status) => startOf(status) ?? podStart(pod));
  if (starts.length === 0) return use?.byVolume ? sandboxMade(pod) : undefined;
  const firstRun = [...running, ...readers].some(({ restartCount }) => (restartCount ?? 0) === 0);
  const filled = use?.byVolume && firstRun ? sandboxMade(pod) : undefined;
  return Math.min(...starts, filled ?? Number.POSITIVE_INFINITY);
}

function sidecarStatuses({ spec, status }: Pod): readonly ContainerStatus[] {
  const sidecars = new Set(
    spec.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name),
  );
  return status.initContainerStatuses.filter(({ name }) => sidecars.has(name));
}

function initStatusesReading({ status }: Pod, use: SecretUse | undefined): readonly ContainerStatus[] {
  return status.initContainerStatuses.filter(
    ({ name, state }) => use?.containers.has(name) && (state?.running || state?.terminated),
  );
}

function startOf({ state }: ContainerStatus): Instant | undefined {
  return instant(state?.running?.startedAt ?? state?.terminated?.startedAt);
}

function podStart({ metadata, status }: Pod): Instant {
  return instant(status.startTime) ?? Date.parse(metadata.creationTimestamp);
}

/** Kubernetes: the condition is True when the sandbox and its network are ready; KEP-3085. Absent before 1.29. */
function sandboxMade({ status }: Pod): Instant | undefined {
  const made = status.conditions.find(({ type }) => type === "PodReadyToStartContainers");
  return made?.status === "True" ? instant(made.lastTransitionTime) : undefined;
}

function instant(time: string | null | undefined): Instant | undefined {
  if (time === undefined || time === null) return undefined;
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}
