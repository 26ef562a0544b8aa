import { hasStatus } from "@rotated-secrets/kube-runtime/client/api-error";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { microTime } from "@rotated-secrets/kube-runtime/leader/lease-lock";
import { pause } from "../pause.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
/** A kubelet's values. */
const LIFE_S = 40;
const RENEW_MS = 10_000;
/** The namespace of leases is created a moment after the API server has started. */
const RETRY_MS = 500;

/**
 * Renews the node's lease until the signal aborts. Without it the node lifecycle controller marks the node as not
 * ready.
 */
export async function keepLease(options: {
  readonly client: KubeClient;
  readonly node: string;
  readonly complain: (about: string, error: unknown) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  while (!options.signal.aborted) {
    try {
      await renew(options.client, options.node);
      await pause(RENEW_MS, options.signal);
    } catch (error) {
      if (options.signal.aborted) return;
      options.complain(`lease of node ${options.node}`, error);
      await pause(RETRY_MS, options.signal);
    }
  }
}

async function renew(client: KubeClient, node: string): Promise<void> {
  const renewTime = microTime(Date.now());
  try {
    await client.patch(`${LEASES}/${node}`, { spec: { renewTime } }, { type: "merge" });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    const spec = { holderIdentity: node, leaseDurationSeconds: LIFE_S, renewTime };
    await client.create(LEASES, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: node },
      spec,
    });
  }
}
