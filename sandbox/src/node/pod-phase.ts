import type { ContainerSnapshot } from "./container-state.ts";
import type { Pod } from "./kubernetes-types.ts";

/** Kubernetes' summary of a pod. */
export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/**
 * A pod's phase by a kubelet's rules (kubelet_pods.go, getPhase). `terminal`: all containers have ended and none starts
 * again.
 */
export function podPhase(seen: {
  readonly pod: Pod;
  readonly init: readonly ContainerSnapshot[];
  readonly main: readonly ContainerSnapshot[];
  readonly terminal: boolean;
}): PodPhase {
  const { init, main, terminal } = seen;
  if (terminal) return main.every(succeeded) ? "Succeeded" : "Failed";
  const mainHasRun = main.some(({ state, last }) => state.kind !== "waiting" || last);
  const initPending = init.some((container) => !container.started && !container.ready);
  if (initPending && !mainHasRun) return "Pending";
  // A container that was never started keeps the pod pending, regardless of the others.
  return main.some(({ state, last }) => state.kind === "waiting" && !last) ? "Pending" : "Running";
}

function succeeded({ state }: ContainerSnapshot): boolean {
  return state.kind === "terminated" && state.exitCode === 0;
}
