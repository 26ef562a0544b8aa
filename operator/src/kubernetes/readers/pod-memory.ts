import type { Instant } from "../../ports/fact.ts";
import type { ContainerStatus, Pod } from "./pod.ts";
import type { SecretUse } from "./secret-references.ts";

/**
 * Since when the pod may remember what it read of a Secret, in whole seconds rounded down; undefined where it has read
 * nothing that lives on. Where the truth cannot be known the answer is the earlier time: a pod believed to be too old is
 * restarted once too often, one believed to be too young keeps a credential that is about to be revoked.
 *
 * - A running container remembers since its start, whether it reads the Secret or another one tells it. Sidecars are such.
 * - A container that waits to be started again has lost its environment and its memory, and will read anew: it does not count.
 * - An init container that read the Secret may have left it to the others in a shared volume: since its start, ended or not.
 * - A volume is filled before the pod's sandbox is made, the image pulled after that, and the kubelet brings the files up
 *   to date only when a container has started or ended: in a container's first run, and before it, they are as old as
 *   the sandbox.
 * - Nothing is remembered from before the pod was made, which the API server tells, whatever a node's clock says.
 * - Without any container status, as after the loss of the node, everything may have been started with the pod.
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

/** Kubernetes: the condition tells that the sandbox is made and its network is up; KEP-3085. Absent before 1.29. */
function sandboxMade({ status }: Pod): Instant | undefined {
  const made = status.conditions.find(({ type }) => type === "PodReadyToStartContainers");
  return made?.status === "True" ? instant(made.lastTransitionTime) : undefined;
}

function instant(time: string | null | undefined): Instant | undefined {
  if (time === undefined || time === null) return undefined;
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}
