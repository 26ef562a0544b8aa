import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { watchCollection } from "../cluster/watch-collection.ts";
import { pause } from "../pause.ts";
import type { Pod } from "./kubernetes-types.ts";
import { fitsNode } from "./node-fit.ts";
import { isObjectGone } from "./object-gone.ts";

/** The node that pods are bound to. */
export interface BinderOptions {
  readonly client: KubeClient;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly complain: (about: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

const RETRY_MS = 1_000;

/** Replaces kube-scheduler in a cluster of one node: binds every pod that fits, until the signal aborts. */
export async function bindPods(options: BinderOptions): Promise<void> {
  const waiting = new Map<string, Pod>();
  const consider = (pod: Pod) => {
    const known = waiting.has(pod.metadata.uid);
    waiting.set(pod.metadata.uid, pod);
    if (!known) void bindEventually(options, pod.metadata.uid, waiting);
  };
  await watchCollection<Pod>({
    client: options.client,
    path: "/api/v1/pods",
    selectors: { fieldSelector: "spec.nodeName=" },
    onUpsert: consider,
    onRemove: (pod) => waiting.delete(pod.metadata.uid),
    complain: options.complain,
    signal: options.signal,
  });
}

async function bindEventually(
  options: BinderOptions,
  uid: string,
  waiting: ReadonlyMap<string, Pod>,
): Promise<void> {
  for (;;) {
    const pod = waiting.get(uid);
    if (!pod || options.signal.aborted) return;
    if (fitsNode(pod, options) && !pod.metadata.deletionTimestamp && (await bind(options, pod))) return;
    await pause(RETRY_MS, options.signal);
  }
}

/** Whether there is nothing left to do for the pod. */
async function bind({ client, name, complain }: BinderOptions, pod: Pod): Promise<boolean> {
  const { namespace, name: podName, uid } = pod.metadata;
  try {
    await client.create(`/api/v1/namespaces/${namespace}/pods/${podName}/binding`, {
      apiVersion: "v1",
      kind: "Binding",
      // The uid prevents that a new pod with the same name is bound instead.
      metadata: { name: podName, namespace, uid },
      target: { apiVersion: "v1", kind: "Node", name },
    });
    return true;
  } catch (error) {
    if (isObjectGone(error)) return true;
    complain(`binding of pod ${namespace}/${podName}`, error);
    return false;
  }
}
