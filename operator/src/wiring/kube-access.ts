import { Reflector } from "@rotated-secrets/kube-runtime/cache/reflector";
import { type KubeApi, KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";
import type { KubernetesObject } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import type { RuntimeMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { WatchedResource } from "../kubernetes/api-server/watched-resource.ts";
import type { WatchedResources } from "../kubernetes/watched-resources.ts";
import type { OperatorLogger } from "../log-fields.ts";
import type { Settings } from "../settings.ts";

/** How the operator reaches the API server. */
export interface KubeAccess {
  readonly client: KubeApi;
  /** For the leader election: its requests must not wait behind others. */
  readonly leaseClient: KubeApi;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string | undefined;
  /** Cuts the connections of clients that were created here. */
  close(): Promise<void>;
}

/** Options of kubeAccess. */
export interface KubeAccessOptions {
  readonly settings: Pick<Settings, "kubeconfig" | "kube-qps">;
  readonly clock: Clock;
  /** `name/version`. */
  readonly userAgent: string;
  readonly metrics: Pick<RuntimeMetrics, "request">;
}

/** Half of the time after which a leader gives up: one request that hangs does not lose the lease. As in client-go. */
const LEASE_TIMEOUT_MS = 5_000;

/** Creates the clients. Nothing is sent yet. @throws KubeConfigError */
export function kubeAccess({ settings, clock, userAgent, metrics }: KubeAccessOptions): KubeAccess {
  const config = loadKubeConfig(settings.kubeconfig);
  const perSecond = settings["kube-qps"];
  const common = { config, clock, observe: metrics.request };
  const client = new KubeClient({ ...common, userAgent, rateLimit: { perSecond, burst: 2 * perSecond } });
  const leaseClient = new KubeClient({
    ...common,
    userAgent: `${userAgent} leader-election`,
    timeoutMs: LEASE_TIMEOUT_MS,
    connections: 2,
  });
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  const close = async () => void (await Promise.all([client.close(), leaseClient.close()]));
  return { client, leaseClient, namespace, close };
}

/** An access by a client that was handed in, and that its owner closes. */
export function accessBy(client: KubeApi): KubeAccess {
  return { client, leaseClient: client, namespace: undefined, close: async () => {} };
}

/** Options of reflectors. */
export interface ReflectorsOptions {
  readonly client: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: OperatorLogger;
  readonly metrics: Pick<RuntimeMetrics, "reflector">;
}

/** One reflector for each watched resource. */
export function reflectors(watched: WatchedResources, options: ReflectorsOptions) {
  const reflector = <T extends KubernetesObject>({ name, path, selectors, store }: WatchedResource<T>) =>
    new Reflector<T>({
      ...options,
      name,
      path,
      store,
      log: options.log.child({ reflector: name }),
      metrics: options.metrics.reflector(name),
      ...(selectors === undefined ? {} : { selectors }),
    });
  const { rotatedSecrets, policies, namespaces, secrets, lentSecrets, workloads } = watched;
  return [
    reflector(rotatedSecrets),
    reflector(policies),
    reflector(namespaces),
    reflector(secrets),
    reflector(lentSecrets),
    ...Object.values(workloads).map((workload) => reflector(workload)),
  ];
}
