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
  /** POD_NAME, POD_NAMESPACE and POD_UID are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The election among the operator's replicas; undefined where the settings want none. */
export function leaderLease({ settings, access, environment, ...options }: LeaderLeaseOptions) {
  if (!settings["leader-elect"]) return undefined;
  const namespace = settings["lease-namespace"] ?? homeNamespace(access, environment);
  const lock = new LeaseLock({
    client: access.leaseClient,
    name: settings["lease-name"],
    namespace,
    owner: ownPod(namespace, environment),
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

/** The pod of this process, if it can own a Lease in this namespace: an owner is in the namespace of its object. */
function ownPod(
  namespace: string,
  { POD_NAME = "", POD_NAMESPACE, POD_UID = "" }: LeaderLeaseOptions["environment"],
) {
  if (POD_NAME === "" || POD_UID === "" || POD_NAMESPACE !== namespace) return undefined;
  return { apiVersion: "v1", kind: "Pod", name: POD_NAME, uid: POD_UID };
}

function homeNamespace(
  { namespace }: Pick<KubeAccess, "namespace">,
  { POD_NAMESPACE }: LeaderLeaseOptions["environment"],
): string {
  return [POD_NAMESPACE, namespace].find((name) => name !== undefined && name !== "") ?? "default";
}
