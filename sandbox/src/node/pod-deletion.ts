import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { pause } from "../pause.ts";
import type { Pod } from "./kubernetes-types.ts";
import { isObjectGone } from "./object-gone.ts";

const RETRY_MS = 1_000;

/**
 * A kubelet's last request for a deleted pod: its processes are gone, and the API server may remove the object. Retries
 * until it succeeds.
 */
export async function confirmDeletion(options: {
  readonly client: KubeClient;
  readonly pod: Pod;
  readonly complain: (error: unknown) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { namespace, name, uid } = options.pod.metadata;
  while (!options.signal.aborted) {
    try {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      // The uid prevents that a new pod with the same name is deleted instead.
      return await options.client.delete(path, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (isObjectGone(error)) return;
      options.complain(error);
      await pause(RETRY_MS, options.signal);
    }
  }
}
