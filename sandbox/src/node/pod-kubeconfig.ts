import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Pod } from "./kubernetes-types.ts";

/** The mount path of a ServiceAccount's token. A container with this mount gets a kubeconfig. */
export const SERVICE_ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The path of the file, and the values in it. */
export interface PodKubeconfigOptions {
  readonly path: string;
  readonly apiServerUrlForPods: string;
  readonly caPem: string;
  /** The folder of a volume of the pod. */
  volumeFolder(volume: string): string;
}

/**
 * Writes the kubeconfig that replaces in-cluster configuration, because a process without a mount namespace cannot have
 * its fixed paths. A pod that mounts no token gets none. `auth-provider` is the only form with which client-node reads
 * the token's file again.
 */
export async function writePodKubeconfig(pod: Pod, options: PodKubeconfigOptions): Promise<void> {
  const volume = accountVolume(pod);
  if (volume === undefined) return;
  const tokenFile = join(options.volumeFolder(volume), "token");
  const cluster = {
    server: options.apiServerUrlForPods,
    "certificate-authority-data": Buffer.from(options.caPem).toString("base64"),
  };
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "pod",
    clusters: [{ name: "cluster", cluster }],
    users: [{ name: "pod", user: { "auth-provider": { name: "tokenFile", config: { tokenFile } } } }],
    contexts: [
      { name: "pod", context: { cluster: "cluster", user: "pod", namespace: pod.metadata.namespace } },
    ],
  };
  await writeFile(options.path, stringify(kubeconfig), { mode: 0o600 });
}

function accountVolume(pod: Pod): string | undefined {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  return mounts.find(({ mountPath }) => mountPath === SERVICE_ACCOUNT_PATH)?.name;
}
