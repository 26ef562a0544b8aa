/** The kinds of workloads that can be restarted in a rolling way. */
export const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;
/** One of `WORKLOAD_KINDS`. */
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** Kind and name of a workload: a Deployment and a StatefulSet may have the same name. */
export interface WorkloadName {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** The workload as kubectl writes it: `statefulset/db`. */
export function workloadText({ kind, name }: WorkloadName): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Reads `statefulset/db`. @throws RangeError for a kind that is none of `WORKLOAD_KINDS` */
export function parseWorkloadText(text: string): WorkloadName {
  const slash = text.indexOf("/");
  const kind = WORKLOAD_KINDS.find((known) => known.toLowerCase() === text.slice(0, slash));
  if (kind === undefined) {
    throw new RangeError(`${JSON.stringify(text)} names no workload: write for instance deployment/web`);
  }
  return { kind, name: text.slice(slash + 1) };
}

/** Whether the two name the same workload. */
export function isSameWorkload(one: WorkloadName, other: WorkloadName): boolean {
  return one.kind === other.kind && one.name === other.name;
}
