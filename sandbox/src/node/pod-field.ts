import type { Pod } from "./kubernetes-types.ts";

/** The address at which a pod's processes listen and probes connect. */
export interface PodAddress {
  /** The pod's loopback address, for its processes and its probes. */
  readonly local: string;
  /** The address in the pod's status, because the API server rejects loopback addresses in endpoints. */
  readonly shown: string;
}

const HOST_IP = "127.0.0.1";
const SUBSCRIPT = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** The value of a downward API field; `undefined` for a path that the node does not support. */
export function podField(pod: Pod, address: PodAddress, path: string): string | undefined {
  const subscript = SUBSCRIPT.exec(path);
  if (subscript) {
    const map = subscript[1] === "labels" ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2] ?? ""] ?? "";
  }
  return FIELDS[path]?.(pod, address);
}

const FIELDS: Readonly<Record<string, (pod: Pod, address: PodAddress) => string>> = {
  "metadata.name": (pod) => pod.metadata.name,
  "metadata.namespace": (pod) => pod.metadata.namespace,
  "metadata.uid": (pod) => pod.metadata.uid,
  "metadata.labels": (pod) => lines(pod.metadata.labels),
  "metadata.annotations": (pod) => lines(pod.metadata.annotations),
  "spec.nodeName": (pod) => pod.spec.nodeName ?? "",
  "spec.serviceAccountName": (pod) => pod.spec.serviceAccountName ?? "",
  "status.podIP": (_pod, address) => address.local,
  "status.podIPs": (_pod, address) => address.local,
  "status.hostIP": () => HOST_IP,
  "status.hostIPs": () => HOST_IP,
};

function lines(map: Readonly<Record<string, string>> = {}): string {
  const sorted = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join("\n");
}
