import { readFile } from "node:fs/promises";

/** The CPU time and memory of a process up to now. */
export interface ProcessUsage {
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** Resident memory, MiB: now, and the most since the start. */
  readonly rssMiB: number;
  readonly peakRssMiB: number;
}

/** Linux: sysconf(_SC_CLK_TCK), which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Reads a process' use from /proc. @throws where there is no /proc, or no such process */
export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "utf8"),
    readFile(`/proc/${pid}/status`, "utf8"),
  ]);
  // The second field, the program's name, may hold blanks and brackets; the third is the first one after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0] = [fields[11], fields[12]].map(Number);
  return {
    cpuSeconds: (user + system) / TICKS_PER_SECOND,
    rssMiB: mebibytes(status, "VmRSS"),
    peakRssMiB: mebibytes(status, "VmHWM"),
  };
}

function mebibytes(status: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return Number(kibibytes) / 1_024;
}
