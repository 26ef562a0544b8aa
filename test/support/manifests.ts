/** Lets every namespace read and rotate every secret; for tests that are about something else. */
export const ALLOW_ALL = {
  name: "allow-all",
  namespaces: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] },
  secrets: ["*"],
  actions: ["Read", "Rotate"],
};

/** A RotatedSecret. */
export function rotatedSecret(
  namespace: string,
  name: string,
  spec: object,
  annotations: Record<string, string> = {},
): object {
  return {
    apiVersion: "rotatedsecrets.dev/v1alpha1",
    kind: "RotatedSecret",
    metadata: { name, namespace, annotations },
    spec,
  };
}

/** How a workload reads a Secret. */
export type Reading = "env" | "envFrom" | "volume";

/** The kinds of workloads that are restarted. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet";

/** A workload of idle pods that read the Secret: a Deployment, where nothing else is said. */
export function reader(
  namespace: string,
  name: string,
  secret: string,
  options: {
    readonly kind?: WorkloadKind;
    readonly reading?: Reading;
    readonly replicas?: number;
    readonly pod?: object;
    /** More of the workload's spec. */
    readonly workload?: object;
    readonly container?: object;
  } = {},
): object {
  const { kind = "Deployment", reading = "envFrom", replicas = 1 } = options;
  const { pod = {}, container = {}, workload = {} } = options;
  const labels = { app: name };
  const idle = { name: "app", image: IDLE_IMAGE, ...readingOf(reading, secret), ...container };
  const volumes = reading === "volume" ? [{ name: "secret", secret: { secretName: secret } }] : [];
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: {
      ...(kind === "DaemonSet" ? {} : { replicas }),
      ...workload,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 30, volumes, containers: [idle], ...pod },
      },
    },
  };
}

/** Image of a container that does nothing until SIGTERM; see idle.mjs for what its environment can ask of it. */
export const IDLE_IMAGE = "test.local/idle:1";

function readingOf(reading: Reading, secret: string): object {
  switch (reading) {
    case "env":
      return { env: [{ name: "DB_USER", valueFrom: { secretKeyRef: { name: secret, key: "username" } } }] };
    case "envFrom":
      return { envFrom: [{ prefix: "DB_", secretRef: { name: secret } }] };
    case "volume":
      return { volumeMounts: [{ name: "secret", mountPath: "/etc/database" }] };
  }
}
