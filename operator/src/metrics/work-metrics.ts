import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { Counter, Histogram, type Registry } from "prom-client";
import type { EventReason } from "../api/reasons.ts";
import type { PastRotation, RotatedSecretStatus } from "../api/rotated-secret.ts";
import type { WatchedRotatedSecret } from "../kubernetes/resources/watched-rotated-secret.ts";
import type { EventNote, Reporting } from "../ports/reporting.ts";
import type { Workloads } from "../ports/workloads.ts";
import { WriteRefused } from "../ports/write-refused.ts";

/** From a rotation of a random value to one that AWS retries for a day, in seconds. */
const ROTATION_BUCKETS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400];
const TRIGGERS = [
  "Schedule",
  "MaxAge",
  "Request",
  "Emergency",
  "External",
] as const satisfies readonly PastRotation["trigger"][];
const ROTATION_RESULTS = ["Succeeded", "WentBack", "Failed", "Superseded"] as const;
const RESTART_RESULTS = ["Accepted", "Refused"] as const;
/** The label values that are counted at events of these reasons. */
const AT_EVENTS = {
  RolledOut: { rollout: "Completed" },
  RolloutTimedOut: { rollout: "TimedOut" },
  DriftCorrected: { correction: "DriftCorrected" },
  ForeignKeysRemoved: { correction: "ForeignKeysRemoved" },
} as const satisfies Partial<Record<EventReason, Counted>>;

/** Label values to count at an event. */
interface Counted {
  /** Of `rotated_secrets_rollouts_total`, label `result`. */
  readonly rollout?: "Completed" | "TimedOut";
  /** Of `rotated_secrets_drift_corrections_total`, label `reason`. */
  readonly correction?: "DriftCorrected" | "ForeignKeysRemoved";
}

/** Counts rotations, restarts, rollouts and corrections as the operator reports them. */
export class WorkMetrics {
  readonly #rotations: Counter<"result" | "trigger">;
  readonly #rotationTime: Histogram<"trigger">;
  readonly #restarts: Counter<"result">;
  readonly #rollouts: Counter<"result">;
  readonly #corrections: Counter<"reason">;

  /** Every series exists from the start, so that a rate includes the first count. */
  constructor(registry: Registry) {
    const registers = [registry];
    this.#rotations = new Counter({
      name: "rotated_secrets_rotations_total",
      help: "Rotations that have ended, by result and trigger.",
      labelNames: ["result", "trigger"],
      registers,
    });
    this.#rotationTime = new Histogram({
      name: "rotated_secrets_rotation_duration_seconds",
      help: "Duration of successful rotations, from the request or the first sight until AWSCURRENT moved.",
      labelNames: ["trigger"],
      buckets: ROTATION_BUCKETS,
      registers,
    });
    this.#restarts = new Counter({
      name: "rotated_secrets_restarts_total",
      help: "Restarts of workloads, by the answer of the API server.",
      labelNames: ["result"],
      registers,
    });
    this.#rollouts = new Counter({
      name: "rotated_secrets_rollouts_total",
      help: "Rollouts of a version to all workloads of a RotatedSecret, by result.",
      labelNames: ["result"],
      registers,
    });
    this.#corrections = new Counter({
      name: "rotated_secrets_drift_corrections_total",
      help: "Changes of Secrets by others that were undone, by the reason of the event.",
      labelNames: ["reason"],
      registers,
    });
    for (const trigger of TRIGGERS)
      for (const result of ROTATION_RESULTS) this.#rotations.inc({ result, trigger }, 0);
    for (const result of RESTART_RESULTS) this.#restarts.inc({ result }, 0);
    for (const counted of Object.values(AT_EVENTS)) this.#count(counted, 0);
  }

  /** The same reporting, with counts. @param store the RotatedSecrets, before a status is written */
  reporting(inner: Reporting, store: Store<WatchedRotatedSecret>): Reporting {
    return {
      writeStatus: async (resource, status, signal) => {
        const known = new Set(historyOf(store.get(resource.metadata)).map(({ token }) => token));
        const metadata = await inner.writeStatus(resource, status, signal);
        for (const past of status.history ?? []) if (!known.has(past.token)) this.#ended(past);
        return metadata;
      },
      record: async (resource, note) => {
        this.#count(countedAt(note), 1);
        await inner.record(resource, note);
      },
    };
  }

  /** The same workloads, with counts of restarts. A conflict is not counted: the operator decides again. */
  workloads(inner: Workloads): Workloads {
    return {
      cached: (secret, names) => inner.cached(secret, names),
      pods: (secret, names, signal) => inner.pods(secret, names, signal),
      keyNeeds: (secret, signal) => inner.keyNeeds(secret, signal),
      restart: async (secret, workload, restartToken, signal) => {
        try {
          const restarted = await inner.restart(secret, workload, restartToken, signal);
          this.#restarts.inc({ result: "Accepted" });
          return restarted;
        } catch (error) {
          if (error instanceof WriteRefused) this.#restarts.inc({ result: "Refused" });
          throw error;
        }
      },
    };
  }

  #ended({ result, trigger, startedAt, finishedAt }: PastRotation): void {
    this.#rotations.inc({ result, trigger });
    if (result !== "Succeeded") return;
    this.#rotationTime.observe({ trigger }, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  }

  #count({ rollout, correction }: Counted, times: number): void {
    if (rollout !== undefined) this.#rollouts.inc({ result: rollout }, times);
    if (correction !== undefined) this.#corrections.inc({ reason: correction }, times);
  }
}

function countedAt({ reason }: EventNote): Counted {
  const counted: Partial<Record<EventReason, Counted>> = AT_EVENTS;
  return counted[reason] ?? {};
}

function historyOf(watched: WatchedRotatedSecret | undefined): NonNullable<RotatedSecretStatus["history"]> {
  if (watched === undefined || watched.parsed.kind === "unreadable") return [];
  const { parsed } = watched;
  return (parsed.kind === "valid" ? parsed.resource.status : parsed.status).history ?? [];
}
