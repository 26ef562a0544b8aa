import { hostname } from "node:os";
import type { KubeConfig } from "@kubernetes/client-node";
import { Reflector } from "@rotated-secrets/kube-runtime/cache/reflector";
import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";
import { type KubernetesObject, keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { Controller } from "@rotated-secrets/kube-runtime/controller/controller";
import { HealthServer } from "@rotated-secrets/kube-runtime/manager/health";
import { Manager } from "@rotated-secrets/kube-runtime/manager/manager";
import type { Runnable } from "@rotated-secrets/kube-runtime/manager/runnable-group";
import { jsonLogger } from "@rotated-secrets/kube-runtime/telemetry/json-logger";
import type { RuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import packageJson from "../package.json" with { type: "json" };
import { AwsRotations } from "./aws/calls/rotations.ts";
import { SecretsManager } from "./aws/calls/secrets-manager.ts";
import { AwsSecretCatalogue } from "./aws/catalogue/catalogue.ts";
import { assumeRoleWithWebIdentity } from "./aws/identity/assume-role.ts";
import { type MayAssume, ServiceAccountSessions } from "./aws/identity/service-account-sessions.ts";
import { AwsSecretValues } from "./aws/values/values.ts";
import { KnownResources } from "./kubernetes/known-resources.ts";
import { KubernetesWorkloads } from "./kubernetes/readers/workloads.ts";
import { KubernetesReporting } from "./kubernetes/reporting/reporting.ts";
import { KubernetesServiceAccounts } from "./kubernetes/service-accounts.ts";
import { KubernetesTargetSecrets } from "./kubernetes/target/target-secrets.ts";
import {
  type WatchedResource,
  type WatchedResources,
  watchedResources,
} from "./kubernetes/watched-resources.ts";
import { leaderLease } from "./leader-lease.ts";
import { mayAssume } from "./lifecycle/access/grants.ts";
import type { LogField, OperatorLogger } from "./log-fields.ts";
import { operatorMetrics } from "./metrics/operator-metrics.ts";
import type { Resources } from "./ports/resources.ts";
import type { NamespacedName } from "./ports/target-secrets.ts";
import { RotatedSecretReconciler } from "./reconciler/rotated-secret-reconciler.ts";
import { readSettings, type Settings } from "./settings.ts";
import { connectTriggers } from "./triggers.ts";

const VERSION = packageJson.version;
const USER_AGENT = `rotated-secrets/${VERSION}`;
/** What every part is made with. */
const common = { clock: systemClock, random: systemRandom };

const commandLine = readSettings(process.argv.slice(2), process.env);
switch (commandLine.kind) {
  case "help":
    process.stdout.write(commandLine.text);
    break;
  case "invalid":
    process.stderr.write(`${commandLine.problems}\n`);
    process.exitCode = 2;
    break;
  case "run":
    // What does not heed its end must not keep the process: its parts were waited for as long as they may take.
    process.exit(await run(commandLine.settings));
}

/** Runs the operator until SIGTERM or SIGINT. Returns the exit status: 1 when a part failed. */
async function run(settings: Settings): Promise<number> {
  const log: OperatorLogger = jsonLogger({ level: settings["log-level"] });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  try {
    await operate(settings, log, stop.signal);
    return 0;
  } catch (error) {
    log.error("the operator ends, for a part of it failed", { error });
    return 1;
  }
}

/** Wires the parts and runs them. */
async function operate(settings: Settings, log: OperatorLogger, signal: AbortSignal): Promise<void> {
  const watched = watchedResources((resource, object, error) =>
    log.error("an object of the watch could not be taken in", { resource, object, error }),
  );
  const reported = operatorMetrics({ version: VERSION, watched });
  const { metrics, runtime: runtimeMetrics, aws: awsMetrics, work } = reported;
  const config = loadKubeConfig(settings.kubeconfig);
  const client = kubeClient(settings, config, runtimeMetrics);
  const resources = new KnownResources(watched);

  const serviceAccounts = new KubernetesServiceAccounts({ ...common, client });
  const aws = { ...common, version: VERSION, observe: awsMetrics };
  const sessions = new ServiceAccountSessions({
    ...common,
    accounts: serviceAccounts,
    mayAssume: byPolicies(resources),
    assumeRole: assumeRoleWithWebIdentity(aws),
  });
  const api = new SecretsManager({ ...aws, sessions });
  const catalogue = new AwsSecretCatalogue({ ...common, api, settings: catalogueSettings(settings) });
  const values = new AwsSecretValues({ ...common, api });
  const reporting = new KubernetesReporting({
    ...common,
    client,
    log,
    store: watched.rotatedSecrets.store,
    instance: hostname(),
  });
  const ports = {
    resources,
    catalogue,
    values,
    rotations: new AwsRotations(api),
    serviceAccounts,
    targets: new KubernetesTargetSecrets({ client, store: watched.secrets.store }),
    workloads: work.workloads(new KubernetesWorkloads({ client, watched: watched.workloads })),
    reporting: work.reporting(reporting, watched.rotatedSecrets.store),
  };
  const operator = { startedAt: systemClock.now(), region: settings.region };
  const controller = new Controller<NamespacedName, LogField>({
    ...common,
    name: "rotatedsecret",
    reconciler: new RotatedSecretReconciler(ports, operator, systemClock),
    keyOf,
    logFields: (name) => ({ object: keyOf(name) }),
    log,
    metrics: runtimeMetrics,
    workers: settings.workers,
  });
  const triggers = () =>
    connectTriggers({
      watched,
      catalogue,
      values,
      serviceAccounts,
      region: settings.region,
      enqueue: (name) => controller.enqueue(name),
    });

  const lease = settings["leader-elect"]
    ? leaderLease({
        settings,
        config,
        userAgent: USER_AGENT,
        log,
        metrics: runtimeMetrics,
        environment: process.env,
      })
    : undefined;
  const health = new HealthServer({ host: settings["bind-address"], port: settings.port, metrics });
  const manager = new Manager({
    ...common,
    log,
    health,
    election: lease?.elector,
    graceMs: settings["shutdown-grace"],
  });
  for (const cache of reflectors(watched, client, log, runtimeMetrics)) manager.addCache(cache);
  health.addHealthCheck(`queue-${controller.name}`, () => controller.stalled());
  manager.addRunnable(controller);
  // Only the leader follows AWS's secrets: one that stands by costs no call of AWS.
  manager.addRunnable(startedWith("triggers", triggers));
  try {
    await manager.run(signal);
  } finally {
    catalogue.stop();
    values.stop();
    sessions.stop();
    api.close();
    await Promise.all([client.close(), lease?.client.close()]);
  }
}

function byPolicies(resources: Resources): MayAssume {
  return (namespace, roleArn) => {
    const namespaceLabels = resources.namespaceLabels(namespace);
    return mayAssume({ policies: resources.policies(), namespaceLabels }, roleArn);
  };
}

/** Something that is done once, when the runnables start. */
function startedWith(name: string, start: () => void): Runnable {
  return {
    name,
    run: (signal) => {
      start();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}

function kubeClient(settings: Settings, config: KubeConfig, metrics: RuntimeMetrics): KubeClient {
  const perSecond = settings["kube-qps"];
  return new KubeClient({
    config,
    userAgent: USER_AGENT,
    observe: metrics.request,
    rateLimit: { perSecond, burst: 2 * perSecond },
  });
}

function reflectors(
  watched: WatchedResources,
  client: KubeClient,
  log: OperatorLogger,
  metrics: RuntimeMetrics,
) {
  const reflector = <T extends KubernetesObject>({ name, path, selectors, store }: WatchedResource<T>) =>
    new Reflector<T>({
      ...common,
      name,
      path,
      store,
      client,
      log: log.child({ reflector: name }),
      metrics: metrics.reflector(name),
      ...(selectors === undefined ? {} : { selectors }),
    });
  const { rotatedSecrets, policies, namespaces, secrets, workloads } = watched;
  return [
    reflector(rotatedSecrets),
    reflector(policies),
    reflector(namespaces),
    reflector(secrets),
    ...Object.values(workloads).map((workload) => reflector(workload)),
  ];
}

function catalogueSettings(settings: Settings) {
  return {
    listEveryMs: settings["list-every"],
    describeEveryMs: settings["describe-every"],
    describeUnlistedEveryMs: settings["describe-unlisted-every"],
  };
}
