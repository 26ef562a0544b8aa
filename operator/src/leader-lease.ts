import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { KubeConfig } from "@kubernetes/client-node";
import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { LeaderElector } from "@rotated-secrets/kube-runtime/leader/leader-elector";
import { LeaseLock } from "@rotated-secrets/kube-runtime/leader/lease-lock";
import type { Logger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import type { RuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import type { Settings } from "./settings.ts";

/** What the leader lease is made of. */
export interface LeaderLeaseOptions {
  readonly settings: Pick<Settings, "lease-name" | "lease-namespace">;
  readonly config: KubeConfig;
  readonly userAgent: string;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
  /** POD_NAME and POD_NAMESPACE are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Half of the time after which a leader gives up, so that one request that hangs does not lose the lease; as client-go. */
const TIMEOUT_MS = 5_000;

/**
 * The election among the operator's replicas, with a client of its own: renewing must not wait behind other requests.
 * The caller closes the client.
 */
export function leaderLease(options: LeaderLeaseOptions): {
  readonly elector: LeaderElector;
  readonly client: KubeClient;
} {
  const { settings, config, log, metrics, environment } = options;
  const client = new KubeClient({
    config,
    userAgent: `${options.userAgent} leader-election`,
    observe: metrics.request,
    timeoutMs: TIMEOUT_MS,
    connections: 2,
  });
  const lock = new LeaseLock({
    client,
    name: settings["lease-name"],
    namespace: settings["lease-namespace"] ?? homeNamespace(config, environment),
  });
  const elector = new LeaderElector({
    lock,
    identity: identity(environment),
    clock: systemClock,
    random: systemRandom,
    log,
    report: metrics.leader(lock.name),
  });
  return { elector, client };
}

/** A pod's name, so that a container that is started again in its pod goes on at once; elsewhere a new name each time. */
function identity({ POD_NAME }: LeaderLeaseOptions["environment"]): string {
  return POD_NAME === undefined || POD_NAME === "" ? `${hostname()}_${randomUUID()}` : POD_NAME;
}

function homeNamespace(config: KubeConfig, { POD_NAMESPACE }: LeaderLeaseOptions["environment"]): string {
  const ofContext = config.getContextObject(config.getCurrentContext())?.namespace;
  return [POD_NAMESPACE, ofContext].find((name) => name !== undefined && name !== "") ?? "default";
}
