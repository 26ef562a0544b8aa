import { hostname } from "node:os";
import type { KubeApi } from "@rotated-secrets/kube-runtime/client/kube-client";
import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { Controller } from "@rotated-secrets/kube-runtime/controller/controller";
import { HealthServer } from "@rotated-secrets/kube-runtime/manager/health";
import { Manager } from "@rotated-secrets/kube-runtime/manager/manager";
import { MetricsServer } from "@rotated-secrets/kube-runtime/manager/metrics-server";
import type { Runnable } from "@rotated-secrets/kube-runtime/manager/runnable-group";
import { jsonLogger } from "@rotated-secrets/kube-runtime/telemetry/json-logger";
import { aborted } from "@rotated-secrets/kube-runtime/time/aborted";
import { type Clock, systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { type Random, systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import packageJson from "../package.json" with { type: "json" };
import type { SecretsManagerApi } from "./aws/calls/secrets-manager-api.ts";
import { KubernetesWorkloads } from "./kubernetes/readers/workloads.ts";
import { KubernetesReporting } from "./kubernetes/reporting/reporting.ts";
import { KnownResources } from "./kubernetes/resources/known-resources.ts";
import { KubernetesServiceAccounts } from "./kubernetes/service-accounts.ts";
import { KubernetesTargetSecrets } from "./kubernetes/target-secrets/target-secrets.ts";
import { watchedResources } from "./kubernetes/watched-resources.ts";
import type { LogField, OperatorLogger } from "./log-fields.ts";
import { operatorMetrics } from "./metrics/operator-metrics.ts";
import type { NamespacedName } from "./ports/target-secrets.ts";
import { type AwsSecretKey, AwsSecretReconciler } from "./reconciler/aws-secret-reconciler.ts";
import type { Ports } from "./reconciler/ports.ts";
import { RotatedSecretReconciler } from "./reconciler/rotated-secret-reconciler.ts";
import type { Settings } from "./settings.ts";
import { type AwsAccess, awsAccess } from "./wiring/aws-access.ts";
import { accessBy, kubeAccess, reflectors } from "./wiring/kube-access.ts";
import { leaderLease } from "./wiring/leader-lease.ts";
import { connectTriggers } from "./wiring/triggers.ts";

/** The controllers, by their keys. */
interface Controllers {
  readonly rotatedSecrets: Controller<NamespacedName, LogField>;
  readonly awsSecrets: Controller<AwsSecretKey, LogField>;
}

const VERSION = packageJson.version;
const USER_AGENT = `rotated-secrets/${VERSION}`;

/** Parts of an operator that a test or a simulation can replace. */
export interface OperatorParts {
  /** @default the machine's clock */
  readonly clock: Clock;
  /** @default the machine's randomness */
  readonly random: Random;
  /** @default JSON lines on stdout, from the level in the settings on */
  readonly log: OperatorLogger;
  /** The API server. The operator does not close it. @default found by the setting `kubeconfig` */
  readonly client: KubeApi;
  /** Secrets Manager. The operator does not close it. @default AWS, found and authenticated by the SDK's default chain */
  readonly aws: SecretsManagerApi;
  /** POD_NAME, POD_NAMESPACE and POD_UID are read. @default the process's environment */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An operator that was created: it runs once. */
export interface Operator {
  /**
   * Runs until `signal` aborts, `stop` is called or a part fails, and resolves when all parts have ended.
   * @throws the error of that part
   */
  readonly run: (signal?: AbortSignal) => Promise<void>;
  /** Ends `run` and resolves when all parts have ended. Never rejects. */
  readonly stop: () => Promise<void>;
}

/**
 * Creates an operator. Nothing starts before `run`, and after it nothing is left: no timer, connection or subscription.
 * Several operators can run in one process. @throws KubeConfigError
 */
export function createOperator(settings: Settings, given: Partial<OperatorParts> = {}): Operator {
  const log = given.log ?? jsonLogger({ level: settings["log-level"] });
  const defaults = { clock: systemClock, random: systemRandom, environment: process.env, log };
  const { manager, close } = assemble(settings, { ...defaults, ...given });
  const lifetime = new AbortController();
  let running: Promise<void> | undefined;
  return {
    run: (signal = lifetime.signal) => {
      if (running !== undefined) throw new Error("an operator runs once: create another one");
      running = runAndClose(manager, AbortSignal.any([signal, lifetime.signal]), close);
      return running;
    },
    stop: async () => {
      lifetime.abort();
      running ??= close();
      await running.catch(() => {});
    },
  };
}

async function runAndClose(manager: Manager, signal: AbortSignal, close: () => Promise<void>): Promise<void> {
  try {
    await manager.run(signal);
  } finally {
    await close();
  }
}

type Parts = Pick<OperatorParts, "clock" | "random" | "log" | "environment"> &
  Partial<Pick<OperatorParts, "client" | "aws">>;

/** Creates all parts and connects them. */
function assemble(settings: Settings, parts: Parts) {
  const base = foundation(settings, parts);
  const { access, metrics } = base;
  const aws = awsOf(base);
  const controllers = controllersOf(base, aws);
  const manager = managerOf(base, controllers);
  for (const cache of reflectors(base.watched, { ...base.options, client: access.client }))
    manager.addCache(cache);
  for (const controller of Object.values(controllers)) manager.addRunnable(controller);
  // Only the leader follows secrets: a standby makes no call of AWS.
  manager.addRunnable(during("triggers", () => triggers(base, aws, controllers)));
  const close = async () => {
    metrics.stop();
    aws.stop();
    await access.close();
  };
  return { manager, close };
}

type Base = ReturnType<typeof foundation>;

/** The parts that all others need: clock, log, metrics, caches and the API server. */
function foundation(settings: Settings, parts: Parts) {
  const { clock, random, log, environment } = parts;
  const { region } = settings;
  const watched = watchedResources({
    region,
    failed: (resource, object, error) =>
      log.error("an object of the watch could not be read", { resource, object: keyOf(object), error }),
  });
  const metrics = operatorMetrics({ version: VERSION, clock, watched });
  const options = { clock, random, log, metrics: metrics.runtime };
  const access =
    parts.client === undefined
      ? kubeAccess({ ...options, settings, userAgent: USER_AGENT })
      : accessBy(parts.client);
  const resources = new KnownResources(watched);
  const serviceAccounts = new KubernetesServiceAccounts({ clock, client: access.client });
  return {
    ...{ settings, environment, watched, metrics, options, access },
    ...{ resources, serviceAccounts, api: parts.aws },
  };
}

function awsOf(base: Base): AwsAccess {
  const { options, metrics } = base;
  return awsAccess({ ...base, ...options, version: VERSION, observe: metrics.aws });
}

function portsOf({ watched, metrics, options, access, ...base }: Base, aws: AwsAccess): Ports {
  const { client } = access;
  const { store } = watched.rotatedSecrets;
  const reporting = new KubernetesReporting({
    ...{ ...options, client, store },
    instance: instance(base.environment),
  });
  return {
    ...aws,
    resources: base.resources,
    serviceAccounts: base.serviceAccounts,
    targets: new KubernetesTargetSecrets({
      client,
      store: watched.secrets.store,
      lentStore: watched.lentSecrets.store,
      owners: base.resources,
    }),
    workloads: metrics.work.workloads(new KubernetesWorkloads({ client, watched: watched.workloads })),
    reporting: metrics.work.reporting(reporting, store),
  };
}

/** Two controllers: one decides about each RotatedSecret, the other about each AWS secret that several of them share. */
function controllersOf(base: Base, aws: AwsAccess): Controllers {
  const { settings, options, resources } = base;
  const { clock } = options;
  const rotatedSecrets: Controllers["rotatedSecrets"] = new Controller({
    ...options,
    name: "rotatedsecret",
    reconciler: new RotatedSecretReconciler({
      ports: portsOf(base, aws),
      operator: { startedAt: clock.now() },
      clock,
      othersWait: () => rotatedSecrets.depth > 0,
    }),
    keyOf,
    logFields: (name) => ({ object: keyOf(name) }),
    workers: settings.workers,
  });
  const awsSecrets: Controllers["awsSecrets"] = new Controller({
    ...options,
    name: "awssecret",
    reconciler: new AwsSecretReconciler({ resources, clock, wake: (name) => rotatedSecrets.enqueue(name) }),
    keyOf: ({ arn }) => arn,
    logFields: ({ arn }) => ({ secret: arn }),
    workers: 1,
  });
  return { rotatedSecrets, awsSecrets };
}

function managerOf(base: Base, controllers: Controllers): Manager {
  const { settings, metrics, options } = base;
  const host = settings["bind-address"];
  const health = new HealthServer({ host, port: settings["health-port"] });
  const address = { host, port: settings.port };
  const metricsServer = new MetricsServer({ ...options, ...address, metrics: metrics.registry });
  for (const controller of Object.values(controllers))
    health.addHealthCheck(`queue-${controller.name}`, () => controller.stalled());
  const election = leaderLease({ ...base, ...options });
  const graceMs = settings["shutdown-grace"];
  return new Manager({ ...options, health, metrics: metricsServer, election, graceMs });
}

/** Enqueues a RotatedSecret when something changes that its decision depends on. Returns the end of it. */
function triggers(base: Base, { catalogue, values }: AwsAccess, controllers: Controllers) {
  const enqueue = (name: NamespacedName) => controllers.rotatedSecrets.enqueue(name);
  const enqueueAwsSecret = (key: AwsSecretKey) => controllers.awsSecrets.enqueue(key);
  return connectTriggers({ ...base, catalogue, values, enqueue, enqueueAwsSecret });
}

/** The name under which events are reported. */
function instance({ POD_NAME }: OperatorParts["environment"]): string {
  return POD_NAME === undefined || POD_NAME === "" ? hostname() : POD_NAME;
}

/** Something that holds from the start of the runnables to their end. */
function during(name: string, start: () => () => void): Runnable {
  return {
    name,
    run: async (signal) => {
      const end = start();
      await aborted(signal);
      end();
    },
  };
}
