import type { Instant } from "../../ports/fact.ts";
import type { ReaderPod, Workload } from "../../ports/workloads.ts";
import type { SimulatedPod } from "./simulated-pod.ts";

/** A workload of pods that read the Secret, with its controller. */
export interface SimulatedWorkload {
  readonly name: string;
  readonly workload: Workload;
  /** Labels of the workload itself. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pods: readonly SimulatedPod[];
  /** Its pods as the API server shows them. */
  readonly readers: readonly ReaderPod[];
  /** The texts that its template was given, one for each restart. */
  readonly restarts: readonly string[];
  /** Counts changes of its spec and of its status. */
  readonly changes: number;
  /** When something happens next by itself. */
  readonly nextAt: Instant;
  /** The operator gives the template this text. */
  restart(text: string): void;
  /** Does what is due: pods read, start, replace others, end. */
  step(): void;
}
