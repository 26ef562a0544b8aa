import type { Pod } from "./kubernetes-types.ts";

/**
 * Whether a pod may be bound to the node. Checks its nodeSelector, and the node name that the DaemonSet controller
 * writes as an affinity into each of its pods. Resources and taints are ignored.
 */
export function fitsNode(
  pod: Pod,
  node: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): boolean {
  if (pod.spec.schedulingGates?.length) return false;
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(
    ([key, value]) => node.labels[key] === value,
  );
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const named = required?.nodeSelectorTerms.some((term) =>
    (term.matchFields ?? []).every(({ values }) => values?.includes(node.name) ?? false),
  );
  return selected && (named ?? true);
}
