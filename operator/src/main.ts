import { hostname } from "node:os";
import packageJson from "../package.json" with { type: "json" };
import { AwsSecretCatalogue } from "./aws/catalogue.ts";
import { AwsRotations } from "./aws/rotations.ts";
import { SecretsManager } from "./aws/secrets-manager.ts";
import { AwsSecretValues } from "./aws/values.ts";
import { KnownResources } from "./kubernetes/known-resources.ts";
import { KubernetesReporting } from "./kubernetes/reporting.ts";
import { KubernetesTargetSecrets } from "./kubernetes/target-secrets.ts";
import {
  type WatchedResource,
  type WatchedResources,
  watchedResources,
} from "./kubernetes/watched-resources.ts";
import { KubernetesWorkloads } from "./kubernetes/workloads.ts";
import { operatorMetrics } from "./operator-metrics.ts";
import { RotatedSecretReconciler } from "./reconciler/rotated-secret-reconciler.ts";
import { systemClock } from "./runtime/clock.ts";
import { Controller } from "./runtime/controller.ts";
import { HealthServer } from "./runtime/health.ts";
import { KubeClient } from "./runtime/kube-client.ts";
import { loadKubeConfig } from "./runtime/kube-config.ts";
import type { KubernetesObject } from "./runtime/kubernetes-object.ts";
import { Manager } from "./runtime/manager.ts";
import { systemRandom } from "./runtime/random.ts";
import { Reflector } from "./runtime/reflector.ts";
import { readSettings, type Settings } from "./settings.ts";
import { jsonLogger } from "./telemetry/json-logger.ts";
import type { Logger } from "./telemetry/logger.ts";
import type { RuntimeMetrics } from "./telemetry/runtime-metrics.ts";
import { connectTriggers } from "./triggers.ts";

const VERSION = packageJson.version;
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
    process.exitCode = await run(commandLine.settings);
    break;
}

/** Runs the operator until SIGTERM or SIGINT. Returns the exit status: 1 when a part failed. */
async function run(settings: Settings): Promise<number> {
  const log = jsonLogger({ level: settings["log-level"] });
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
async function operate(settings: Settings, log: Logger, signal: AbortSignal): Promise<void> {
  const watched = watchedResources((resource, object, error) =>
    log.error("an object of the watch could not be taken in", { resource, object, error }),
  );
  const { metrics, runtime: runtimeMetrics, aws, work } = operatorMetrics({ version: VERSION, watched });
  const client = kubeClient(settings, runtimeMetrics);
  const resources = new KnownResources(watched);

  const api = new SecretsManager({ ...common, version: VERSION, observe: aws });
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
    targets: new KubernetesTargetSecrets({ client, store: watched.secrets.store }),
    workloads: work.workloads(new KubernetesWorkloads({ client, store: watched.deployments.store })),
    reporting: work.reporting(reporting, watched.rotatedSecrets.store),
  };
  const operator = { startedAt: systemClock.now(), region: settings.region };
  const controller = new Controller({
    ...common,
    name: "rotatedsecret",
    reconciler: new RotatedSecretReconciler(ports, operator, systemClock),
    log,
    metrics: runtimeMetrics,
    workers: settings.workers,
  });
  connectTriggers({
    watched,
    catalogue,
    values,
    region: settings.region,
    enqueue: (name) => controller.enqueue(name),
  });

  const health = new HealthServer({ host: settings["bind-address"], port: settings.port, metrics });
  const manager = new Manager({ ...common, log, health, graceMs: settings["shutdown-grace"] });
  for (const cache of reflectors(watched, client, log, runtimeMetrics)) manager.addCache(cache);
  manager.addRunnable(controller);
  try {
    await manager.run(signal);
  } finally {
    catalogue.stop();
    values.stop();
    api.close();
    await client.close();
  }
}

function kubeClient(settings: Settings, metrics: RuntimeMetrics): KubeClient {
  const perSecond = settings["kube-qps"];
  return new KubeClient({
    config: loadKubeConfig(settings.kubeconfig),
    userAgent: `rotated-secrets/${VERSION}`,
    observe: metrics.request,
    rateLimit: { perSecond, burst: 2 * perSecond },
  });
}

function reflectors(watched: WatchedResources, client: KubeClient, log: Logger, metrics: RuntimeMetrics) {
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
  const { rotatedSecrets, policies, namespaces, secrets, deployments } = watched;
  return [
    reflector(rotatedSecrets),
    reflector(policies),
    reflector(namespaces),
    reflector(secrets),
    reflector(deployments),
  ];
}

function catalogueSettings(settings: Settings) {
  return {
    listEveryMs: settings["list-every"],
    describeEveryMs: settings["describe-every"],
    describeUnlistedEveryMs: settings["describe-unlisted-every"],
  };
}
