import type { ContainerSnapshot, ContainerState } from "./container-state.ts";
import {
  type ContainerStatus,
  type Pod,
  type PodCondition,
  type PodStatus,
  wireTime,
} from "./kubernetes-types.ts";
import type { PodAddress } from "./pod-field.ts";
import { podPhase } from "./pod-phase.ts";

/** The node's facts about a pod. */
export interface PodObservation {
  readonly pod: Pod;
  readonly init: readonly ContainerSnapshot[];
  readonly main: readonly ContainerSnapshot[];
  readonly address: PodAddress;
  /** The time at which the node accepted the pod. */
  readonly startTime: Date;
  /** All containers have ended and none starts again. */
  readonly terminal: boolean;
  /** The conditions that were written last. Their times stay while the conditions stay. */
  readonly conditions: readonly PodCondition[];
  readonly now: Date;
}

type Finding = Pick<PodCondition, "type" | "status" | "reason" | "message">;

/** The pod's status by a kubelet's rules (pkg/kubelet/status/generate.go, kubelet_pods.go). */
export function podStatus(seen: PodObservation): PodStatus {
  const phase = podPhase(seen);
  const findings = [scheduled, initialized(seen, phase), ...readiness(seen, phase)];
  return {
    ...(seen.pod.metadata.generation === undefined
      ? {}
      : { observedGeneration: seen.pod.metadata.generation }),
    phase,
    conditions: findings.map((finding) => timed(finding, seen)),
    hostIP: "127.0.0.1",
    hostIPs: [{ ip: "127.0.0.1" }],
    podIP: seen.address.shown,
    podIPs: [{ ip: seen.address.shown }],
    startTime: wireTime(seen.startTime),
    initContainerStatuses: seen.init.map(containerStatus),
    containerStatuses: seen.main.map(containerStatus),
  };
}

/** The status (`True`, `False`) of a condition; `undefined` if the condition is missing. */
export function conditionStatus(status: PodStatus | undefined, type: string): string | undefined {
  return status?.conditions?.find((condition) => condition.type === type)?.status;
}

const scheduled: Finding = { type: "PodScheduled", status: "True" };

function initialized({ pod, init, main }: PodObservation, phase: string): Finding {
  const type = "Initialized";
  if (phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  if (main.some(({ state, last }) => state.kind !== "waiting" || last)) return { type, status: "True" };
  const sidecars = sidecarNames(pod);
  const incomplete = init.filter(
    (container) => !(sidecars.has(container.name) ? container.started : container.ready),
  );
  if (incomplete.length === 0) return { type, status: "True" };
  return {
    type,
    status: "False",
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: ${named(incomplete)}`,
  };
}

function readiness({ pod, init, main }: PodObservation, phase: string): Finding[] {
  const both = (finding: Omit<Finding, "type">) =>
    ["Ready", "ContainersReady"].map((type) => ({ type, ...finding }));
  if (phase === "Succeeded") return both({ status: "False", reason: "PodCompleted" });
  if (phase === "Failed") return both({ status: "False", reason: "PodFailed" });
  const sidecars = sidecarNames(pod);
  const unready = [...init.filter(({ name }) => sidecars.has(name)), ...main].filter(({ ready }) => !ready);
  if (unready.length === 0) return both({ status: "True" });
  return both({
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: ${named(unready)}`,
  });
}

function timed(finding: Finding, { pod, conditions, now }: PodObservation): PodCondition {
  const before = [...conditions, ...(pod.status?.conditions ?? [])].find(({ type }) => type === finding.type);
  const held = before?.status === finding.status ? before.lastTransitionTime : undefined;
  // A strategic merge keeps fields that are left out, so old reasons must be cleared.
  const { reason, message } = { reason: "", message: "", ...finding };
  return {
    type: finding.type,
    status: finding.status,
    reason,
    message,
    lastTransitionTime: held ?? wireTime(now),
  };
}

function containerStatus(container: ContainerSnapshot): ContainerStatus {
  const { name, image, ready, started, restartCount, containerId } = container;
  return {
    name,
    image,
    imageID: containerId ? `process://${image}` : "",
    ready,
    started,
    restartCount,
    state: wireState(container.state),
    lastState: container.last ? wireState(container.last) : {},
    ...(containerId ? { containerID: containerId } : {}),
  };
}

function wireState(state: ContainerState): NonNullable<ContainerStatus["state"]> {
  switch (state.kind) {
    case "waiting":
      return { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } };
    case "running":
      return { running: { startedAt: wireTime(state.startedAt) } };
    case "terminated": {
      const { exitCode, reason, startedAt, finishedAt, containerId: containerID } = state;
      return {
        terminated: {
          exitCode,
          reason,
          startedAt: wireTime(startedAt),
          finishedAt: wireTime(finishedAt),
          containerID,
        },
      };
    }
  }
}

function sidecarNames(pod: Pod): ReadonlySet<string> {
  return new Set(
    (pod.spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === "Always")
      .map(({ name }) => name),
  );
}

function named(containers: readonly ContainerSnapshot[]): string {
  return `[${containers.map(({ name }) => name).join(" ")}]`;
}
