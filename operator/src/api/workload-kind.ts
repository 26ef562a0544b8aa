/** The kinds of workloads that support a rolling restart. */
export const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;
/** One of `WORKLOAD_KINDS`. */
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** Kind and name of a workload. A Deployment and a StatefulSet may have the same name. */
export interface WorkloadName {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** The workload in kubectl's notation: `statefulset/db`. */
export function workloadText({ kind, name }: WorkloadName): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Parses `statefulset/db`. @throws RangeError for a kind that is not in `WORKLOAD_KINDS` */
export function parseWorkloadText(text: string): WorkloadName {
  const slash = text.indexOf("/");
  const kind = WORKLOAD_KINDS.find((known) => known.toLowerCase() === text.slice(0, slash));
  if (kind === undefined) {
    throw new RangeError(`${JSON.stringify(text)} is not a workload: write for example deployment/web`);
  }
  return { kind, name: text.slice(slash + 1) };
}

/** Whether both are the same workload. */
export function isSameWorkload(one: WorkloadName, other: WorkloadName): boolean {
  return one.kind === other.kind && one.name === other.name;
}
