import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { clusterClient } from "../cluster/cluster-client.ts";
import { watchCollection } from "../cluster/watch-collection.ts";
import type { Processes } from "../processes/processes.ts";
import { AddressPool } from "./address-pool.ts";
import { bindPods } from "./binder.ts";
import type { Pod } from "./kubernetes-types.ts";
import { LogServer } from "./log-server.ts";
import type { Image, NodeContext } from "./node-context.ts";
import { keepLease } from "./node-lease.ts";
import {
  keepNodeReady,
  type NodeRegistrationOptions,
  nodeLabels,
  registerNode,
} from "./node-registration.ts";
import { ObjectReader } from "./object-reader.ts";
import { PodLogs } from "./pod-logs.ts";
import { PodWorker } from "./pod-worker.ts";
import { type BackoffLimits, SANDBOX_BACKOFF } from "./restart-backoff.ts";

export type { Image };

/** The parameters of a node. */
export interface ProcessNodeOptions {
  /** A folder for this node alone: volumes of pods, and logs. */
  readonly dir: string;
  /** Starts all processes. */
  readonly processes: Processes;
  /** A kubeconfig file with the node's identity: a client certificate with the rights of an administrator. */
  readonly kubeconfig: string;
  /** The API server's address in the kubeconfigs of pods: the API server itself, or a proxy in front of it. */
  readonly apiServerUrlForPods: string;
  /** CA of `apiServerUrlForPods`. */
  readonly caPem: string;
  /** The certificate of the server that serves logs. */
  readonly serving: { readonly certPem: string; readonly keyPem: string };
  /** The meaning of image names. A container with any other image waits, as for an image that cannot be pulled. */
  readonly images: Readonly<Record<string, Image>>;
  /** @default `sandbox-node` */
  readonly name?: string;
  /** How long a container that has ended waits before it starts again. @default 1 s, doubling up to 30 s */
  readonly restartBackoff?: BackoffLimits;
}

/** A node whose containers are processes of this machine. Linux only. */
export interface ProcessNode {
  readonly name: string;
  /** The running process of a container (default: the pod's first). */
  pid(namespace: string, pod: string, container?: string): number | undefined;
  /**
   * The file of the container's newest output. It outlives the pod. @throws Error if no pod with this name was ever
   * here
   */
  logPath(namespace: string, pod: string, container?: string): string;
  /** The folder of all containers' logs. */
  readonly logDir: string;
  /** Ends all containers, SIGTERM first, and all activity of the node. The Node object and its pods stay. */
  stop(): Promise<void>;
}

/** The time between SIGTERM and SIGKILL for each container when the node stops, in seconds. */
const STOP_GRACE_S = 3;

/**
 * Starts a node. Resolves when it is Ready and accepts pods. @throws as KubeClient does, and on any system other than
 * Linux
 */
export async function startProcessNode(options: ProcessNodeOptions): Promise<ProcessNode> {
  const name = options.name ?? "sandbox-node";
  const end = new AbortController();
  const context = await makeContext(options, end.signal);
  const server = await LogServer.start(context.logs, options.serving);
  const { client, complain } = context;
  const shared = { client, name, labels: nodeLabels(name), complain, signal: end.signal };
  const registration: NodeRegistrationOptions = { ...shared, logPort: server.port };
  await registerNode(registration).catch(async (error: unknown) => {
    await Promise.all([server.stop(), client.close()]);
    context.addresses.close();
    throw error;
  });
  const workers = new Map<string, PodWorker>();
  const upkeep = [
    keepNodeReady(registration),
    keepLease({ ...shared, node: name }),
    bindPods(shared),
    workPods(name, context, workers),
  ];
  return {
    name,
    logDir: context.logs.dir,
    logPath: (namespace, pod, container) => context.logs.path(namespace, pod, container),
    pid: (namespace, pod, container) => find(workers, namespace, pod)?.pid(container),
    stop: async () => {
      end.abort();
      context.objects.close();
      await Promise.all([
        ...[...workers.values()].map((worker) => worker.stop(STOP_GRACE_S)),
        ...upkeep,
        server.stop(),
      ]);
      context.addresses.close();
      await client.close();
    },
  };
}

async function makeContext(options: ProcessNodeOptions, stopped: AbortSignal): Promise<NodeContext> {
  const addresses = await AddressPool.claim();
  const client = clusterClient(options.kubeconfig);
  mkdirSync(options.dir, { recursive: true });
  const log = join(options.dir, "node.log");
  return {
    client,
    objects: new ObjectReader(client),
    processes: options.processes,
    images: options.images,
    addresses,
    logs: new PodLogs(join(options.dir, "logs")),
    backoff: options.restartBackoff ?? SANDBOX_BACKOFF,
    podsDir: join(options.dir, "pods"),
    apiServerUrlForPods: options.apiServerUrlForPods,
    caPem: options.caPem,
    stopped,
    complain: (about, error) => {
      if (stopped.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      appendFileSync(log, `${new Date().toISOString()} ${about}: ${message}\n`);
    },
  };
}

/** Runs one worker for each pod that is bound to the node. */
async function workPods(node: string, context: NodeContext, workers: Map<string, PodWorker>): Promise<void> {
  await watchCollection<Pod>({
    client: context.client,
    path: "/api/v1/pods",
    selectors: { fieldSelector: `spec.nodeName=${node}` },
    onUpsert: (pod) => {
      const worker = workers.get(pod.metadata.uid);
      if (worker) worker.update(pod);
      else if (mayRun(pod)) workers.set(pod.metadata.uid, new PodWorker(pod, context));
    },
    onRemove: (pod) => {
      workers.get(pod.metadata.uid)?.removed(pod);
      workers.delete(pod.metadata.uid);
    },
    complain: context.complain,
    signal: context.stopped,
  });
}

/**
 * A pod that an earlier node has completed does not run again. A pod that is being deleted needs a worker until the
 * end.
 */
function mayRun(pod: Pod): boolean {
  const completed = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  return !completed || pod.metadata.deletionTimestamp !== undefined;
}

function find(
  workers: ReadonlyMap<string, PodWorker>,
  namespace: string,
  name: string,
): PodWorker | undefined {
  return [...workers.values()].findLast(
    ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
  );
}
