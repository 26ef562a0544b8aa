import { arch, cpus, release, totalmem, type } from "node:os";
import { hasStatus } from "@rotated-secrets/kube-runtime/client/api-error";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { watchCollection } from "../cluster/watch-collection.ts";
import { pause } from "../pause.ts";
import { type NodeObject, wireTime } from "./kubernetes-types.ts";

/** The node's name and address. */
export interface NodeRegistrationOptions {
  readonly client: KubeClient;
  readonly name: string;
  /** Port of the server that serves container logs. */
  readonly logPort: number;
  readonly complain: (about: string, error: unknown) => void;
  /** Ends the upkeep. The Node object stays. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 1_000;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64" };

/** The labels that every kubelet sets on its node. */
export function nodeLabels(name: string): Readonly<Record<string, string>> {
  const architecture = ARCHITECTURES[arch()] ?? arch();
  return { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": architecture };
}

/** Creates the Node object and marks it Ready. @throws as KubeClient does */
export async function registerNode(options: NodeRegistrationOptions): Promise<void> {
  try {
    const metadata = { name: options.name, labels: nodeLabels(options.name) };
    await options.client.create("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata });
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
  }
  await postReady(options);
}

/**
 * Watches the Node object. After a sleep of this machine the node lifecycle controller has set Ready to Unknown, and
 * renewing the lease does not reset it.
 */
export async function keepNodeReady(options: NodeRegistrationOptions): Promise<void> {
  await watchCollection<NodeObject>({
    client: options.client,
    path: "/api/v1/nodes",
    selectors: { fieldSelector: `metadata.name=${options.name}` },
    onUpsert: (node) => {
      const ready = node.status?.conditions?.find(({ type }) => type === "Ready")?.status;
      if (ready !== "True") void untilDone(options, postReady);
    },
    onRemove: () => void untilDone(options, registerNode),
    complain: options.complain,
    signal: options.signal,
  });
}

async function untilDone(
  options: NodeRegistrationOptions,
  act: (options: NodeRegistrationOptions) => Promise<void>,
): Promise<void> {
  while (!options.signal.aborted) {
    try {
      return await act(options);
    } catch (error) {
      options.complain(`node ${options.name}`, error);
      await pause(RETRY_MS, options.signal);
    }
  }
}

async function postReady({ client, name, logPort }: NodeRegistrationOptions): Promise<void> {
  const now = wireTime(new Date());
  const capacity = { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: "1000" };
  const ready = {
    type: "Ready",
    status: "True",
    reason: "ProcessNodeReady",
    message: "containers run as local processes",
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  const status = {
    capacity,
    allocatable: capacity,
    conditions: [ready],
    // The API server prefers an address of the type Hostname, which it cannot resolve.
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: logPort } },
    nodeInfo: {
      ...{ machineID: "", systemUUID: "", bootID: "", kubeProxyVersion: "" },
      kernelVersion: release(),
      osImage: type(),
      containerRuntimeVersion: "process://1",
      kubeletVersion: "process-node",
      operatingSystem: "linux",
      architecture: ARCHITECTURES[arch()] ?? arch(),
    },
  };
  await client.patch(`/api/v1/nodes/${name}/status`, { status }, { type: "strategic" });
}
