/** How many of each kind. */
export type Counts = Readonly<Record<string, number>>;

/** The cost of a phase. */
export interface Cost {
  /** Length of the phase, seconds. */
  readonly seconds: number;
  /** The operator's calls of AWS, by operation. */
  readonly awsCalls: Counts;
  /** The operator's requests to the API server, by verb and resource. */
  readonly apiRequests: Counts;
  /** CPU time, seconds. */
  readonly operatorCpuSeconds: number;
  readonly apiServerCpuSeconds: number;
  /** The operator's resident memory, MiB: at the end of the phase, and the most since its start. */
  readonly rssMiB: number;
  readonly peakRssMiB: number;
}

/** A loop that writes as many Secrets of the same size and does nothing else. It shows how fast the machine is. */
export interface BareLoop {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly apiServerCpuSeconds: number;
}

/** A change in AWS, and how soon it was in the cluster. */
export interface Change extends Cost {
  /** From the last change in AWS until the operator saw it, which is when it next reads AWS. */
  readonly secondsToNoticed: number;
  /** From then until the last Secret carried its version. */
  readonly secondsToCarried: number;
}

/** All that a run has measured. */
export interface Figures {
  readonly startedAt: string;
  readonly machine: {
    readonly cpus: number;
    readonly model: string;
    readonly memoryGiB: number;
    readonly node: string;
    /** Load average of the last minute, before and after: above the number of CPUs others were at work too. */
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
  readonly n: number;
  readonly awsLatencyMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly bareLoop: BareLoop;
  /** From the operator's start to its rest; the Secrets are there before. */
  readonly coldStart: Cost & { readonly secondsToSecrets: number };
  readonly rest: Cost;
  readonly singleChange: Change;
  /** All changed at once. */
  readonly burst: Change;
}

/** The sum of all kinds. */
export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** How many there are of each kind, the most frequent first. */
export function countKinds(kinds: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}
