import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { LeaderElector } from "@rotated-secrets/kube-runtime/leader/leader-elector";
import { LeaseLock } from "@rotated-secrets/kube-runtime/leader/lease-lock";
import type { RuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { OperatorLogger } from "../log-fields.ts";
import type { Settings } from "../settings.ts";
import type { KubeAccess } from "./kube-access.ts";

/** Options of leaderLease. */
export interface LeaderLeaseOptions {
  readonly settings: Pick<Settings, "leader-elect" | "lease-name" | "lease-namespace">;
  readonly access: Pick<KubeAccess, "leaseClient" | "namespace">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: OperatorLogger;
  readonly metrics: Pick<RuntimeMetrics, "leader">;
  /** POD_NAME and POD_NAMESPACE are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The election among the operator's replicas; undefined where the settings want none. */
export function leaderLease({ settings, access, environment, ...options }: LeaderLeaseOptions) {
  if (!settings["leader-elect"]) return undefined;
  const lock = new LeaseLock({
    client: access.leaseClient,
    name: settings["lease-name"],
    namespace: settings["lease-namespace"] ?? homeNamespace(access, environment),
  });
  return new LeaderElector({
    ...options,
    lock,
    identity: identity(environment),
    report: options.metrics.leader(lock.name),
  });
}

/** A pod's name: a container that restarts in its pod keeps the lease. Outside of pods a new name for each process. */
function identity({ POD_NAME }: LeaderLeaseOptions["environment"]): string {
  return POD_NAME === undefined || POD_NAME === "" ? `${hostname()}_${randomUUID()}` : POD_NAME;
}

function homeNamespace(
  { namespace }: Pick<KubeAccess, "namespace">,
  { POD_NAMESPACE }: LeaderLeaseOptions["environment"],
): string {
  return [POD_NAMESPACE, namespace].find((name) => name !== undefined && name !== "") ?? "default";
}
