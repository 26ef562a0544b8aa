import { randomUUID } from "node:crypto";
import { Reflector } from "@rotated-secrets/kube-runtime/cache/reflector";
import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { type KubeApi, KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";
import { keyOf, type NamespacedName } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { collectionPath } from "@rotated-secrets/kube-runtime/client/resource";
import { Controller } from "@rotated-secrets/kube-runtime/controller/controller";
import { LeaderElector } from "@rotated-secrets/kube-runtime/leader/leader-elector";
import { LeaseLock } from "@rotated-secrets/kube-runtime/leader/lease-lock";
import { HealthServer } from "@rotated-secrets/kube-runtime/manager/health";
import { Manager } from "@rotated-secrets/kube-runtime/manager/manager";
import { MetricsServer } from "@rotated-secrets/kube-runtime/manager/metrics-server";
import { jsonLogger } from "@rotated-secrets/kube-runtime/telemetry/json-logger";
import type { Logger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { prometheusRuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/prometheus-runtime-metrics";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import { Registry } from "prom-client";
import { ChecksumReconciler } from "./checksum-reconciler.ts";
import { CONFIG_MAPS, type ConfigMap, configMapStore, MANAGED } from "./config-maps.ts";
import { type Team, TeamReconciler, teamKey } from "./team-reconciler.ts";

/** The namespace that the example works in, and the identity of this replica. */
export interface ExampleOptions {
  readonly namespace: string;
  readonly identity: string;
}

/** A whole operator: leader election, a cache, two controllers with keys of different kinds, health checks and metrics. */
export function exampleOperator(
  client: KubeApi,
  log: Logger,
  { namespace, identity }: ExampleOptions,
): Manager {
  const registry = new Registry();
  const metrics = prometheusRuntimeMetrics(registry);
  const options = { client, clock: systemClock, random: systemRandom, log, metrics };
  const store = configMapStore((name, error) => log.error("a ConfigMap cannot be read", { name, error }));
  const cache = new Reflector({
    ...options,
    name: "configmaps",
    path: collectionPath(CONFIG_MAPS, namespace),
    selectors: { labelSelector: MANAGED },
    store,
    metrics: metrics.reflector("configmaps"),
  });
  const checksums = new Controller<NamespacedName>({
    ...options,
    name: "checksum",
    reconciler: new ChecksumReconciler(client, store),
    keyOf,
    logFields: (key) => ({ name: keyOf(key) }),
  });
  const teams = new Controller<Team>({
    ...options,
    name: "team",
    reconciler: new TeamReconciler(client, store),
    keyOf: teamKey,
    logFields: (key) => ({ name: teamKey(key) }),
  });
  enqueueOnChange(store, checksums, teams);
  const address = { host: "127.0.0.1", port: 0 };
  const health = new HealthServer(address);
  health.addHealthCheck("queue-checksum", () => checksums.stalled());
  health.addHealthCheck("queue-team", () => teams.stalled());
  const lock = new LeaseLock({ client, namespace, name: "example-operator" });
  const election = new LeaderElector({ ...options, lock, identity, report: metrics.leader(lock.name) });
  const metricsServer = new MetricsServer({ ...address, metrics: registry, clock: options.clock });
  const manager = new Manager({ ...options, health, metrics: metricsServer, election });
  manager.addCache(cache);
  manager.addRunnable(checksums);
  manager.addRunnable(teams);
  return manager;
}

/** One change of a ConfigMap concerns its name, and the teams of its old and its new label. */
function enqueueOnChange(
  store: Store<ConfigMap>,
  checksums: Controller<NamespacedName>,
  teams: Controller<Team>,
): void {
  const enqueue = ({ metadata: { namespace, name, labels } }: ConfigMap) => {
    checksums.enqueue({ namespace, name });
    const team = labels?.["example.dev/team"];
    if (team !== undefined) teams.enqueue({ namespace, team });
  };
  store.subscribe({
    added: enqueue,
    updated: (now, before) => [before, now].forEach(enqueue),
    deleted: enqueue,
  });
}

// As a program: node kube-runtime/examples/operator.ts [NAMESPACE]
if (import.meta.main) {
  const client = new KubeClient({ config: loadKubeConfig(), userAgent: "example-operator/1" });
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const of = { namespace: process.argv[2] ?? "default", identity: randomUUID() };
  await exampleOperator(client, jsonLogger({ level: "info" }), of).run(stop.signal);
  await client.close();
}
