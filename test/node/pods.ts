import type { Pod } from "@rotated-secrets/sandbox/node/kubernetes-types";

/** The address that a process listens on. */
export const podIp = { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } };
/** A container of the web app, ready once it listens. */
export const web = {
  name: "main",
  image: "web",
  env: [podIp],
  readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 },
};
/** A container that runs a script. */
export const shell = (script: string, more: object = {}): object => ({
  name: "main",
  image: "shell",
  args: [script],
  ...more,
});

/** A pod, or a workload's pod template, whose label `app` is its name. */
export function template(name: string, container: object, more: object = {}) {
  return { metadata: { name, labels: { app: name } }, spec: { containers: [container], ...more } };
}

/** A Deployment, StatefulSet or DaemonSet of one container, whose label `app` is its name. */
export function workload(name: string, container: object, more: object = {}) {
  return {
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name, container), ...more },
  };
}

/** Whether the pod's condition Ready is true. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** State of the first container. */
export function stateOf(pod: Pod) {
  return pod.status?.containerStatuses?.[0]?.state;
}
