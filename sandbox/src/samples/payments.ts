import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { WEB_SERVICE_IMAGE } from "../images.ts";
import { installOperator, type OperatorValues } from "../operator-release.ts";
import type { Sandbox } from "../sandbox.ts";
import { createDatabaseSecret, type DatabaseSecret } from "./database-secret.ts";

/** The example that demo and sandbox show: a team, its secret in AWS, and what carries that into its namespace. */
export const PAYMENTS = {
  namespace: "payments",
  /** Of the RotatedSecret, and so of its Secret. */
  name: "payments-db",
  secretId: "prod/payments/db",
  user: "payments",
} as const;

/** Lets the namespace read and rotate its own secrets. A value of the chart. */
export const PAYMENTS_POLICY = {
  name: "payments",
  namespaces: { matchLabels: { "kubernetes.io/metadata.name": PAYMENTS.namespace } },
  secrets: ["arn:aws:secretsmanager:*:*:secret:prod/payments/*"],
  actions: ["Read", "Rotate"],
};

/** A Deployment of the example. */
export interface Service {
  readonly name: string;
  readonly replicas: number;
  readonly reading: "env" | "volume";
}

/** Who reads the Secret. */
export const SERVICES: readonly Service[] = [
  { name: "checkout", replicas: 3, reading: "env" },
  { name: "invoices", replicas: 2, reading: "volume" },
];

/**
 * Installs the operator, with a policy for the example, and makes the example's secret: database user, secret in AWS with
 * its rotation set up, namespace, RotatedSecret; waits until that is ready. `tell` hears of each part when it is there.
 */
export async function setUpPayments(
  sandbox: Sandbox,
  settings: OperatorValues["settings"],
  tell: (what: string) => void,
): Promise<DatabaseSecret> {
  const { namespace, name, secretId, user } = PAYMENTS;
  const [secret] = await Promise.all([
    createDatabaseSecret(sandbox, { name: secretId, user }).then((made) => {
      tell(
        `AWS holds ${secretId}: database user ${user}; its rotation function takes turns between ${user} and ${user}_clone`,
      );
      return made;
    }),
    installOperator(sandbox, { settings: { ...settings }, policies: [PAYMENTS_POLICY] }).then(() =>
      tell("helm has installed the operator, and a SecretAccessPolicy for the namespace payments"),
    ),
    sandbox.kubectl("create", "namespace", namespace),
  ]);
  await sandbox.apply({
    apiVersion: "rotatedsecrets.dev/v1alpha1",
    kind: "RotatedSecret",
    metadata: { name, namespace },
    spec: { secretId, rotation: { trigger: "Manual" } },
  });
  await sandbox.kubectl("wait", `rsec/${name}`, "-n", namespace, "--for=condition=Ready", "--timeout=60s");
  tell(`RotatedSecret ${name} is Ready: the Secret ${name} holds what AWS holds`);
  return secret;
}

/** Starts the web services and waits until all their pods have logged in. */
export async function startServices(sandbox: Sandbox): Promise<void> {
  const { namespace } = PAYMENTS;
  await sandbox.apply(...SERVICES.map(deployment));
  const names = SERVICES.map(({ name }) => `deployment/${name}`);
  await sandbox.kubectl("wait", ...names, "-n", namespace, "--for=condition=Available", "--timeout=90s");
}

/** The arguments with which kubectl asks for a rotation; each new text asks for one. */
export function rotateArguments(text: string): readonly string[] {
  const { namespace, name } = PAYMENTS;
  return ["annotate", "rsec", name, "-n", namespace, "--overwrite", `${ROTATE_ANNOTATION}=${text}`];
}

function deployment({ name, replicas, reading }: Service): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: PAYMENTS.namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels }, spec: podSpec(reading) },
    },
  };
}

function podSpec(reading: Service["reading"]): object {
  const { env, ...mounted } = reading === "env" ? readingEnv() : readingVolume();
  const { volumes, ...mounts } = { volumes: [], ...mounted };
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const container = {
    name: "web",
    image: WEB_SERVICE_IMAGE,
    env: [field("POD_IP", "status.podIP"), field("POD_NAME", "metadata.name"), ...env],
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 1 },
    ...mounts,
  };
  return { terminationGracePeriodSeconds: 10, volumes, containers: [container] };
}

function readingEnv() {
  const key = (name: string) => ({
    name: `DB_${name.toUpperCase()}`,
    valueFrom: { secretKeyRef: { name: PAYMENTS.name, key: name } },
  });
  return { env: ["host", "port", "username", "password", "dbname"].map(key) };
}

function readingVolume() {
  const mountPath = "/etc/database";
  return {
    env: [{ name: "DB_FOLDER", value: mountPath }],
    volumeMounts: [{ name: "database", mountPath, readOnly: true }],
    volumes: [{ name: "database", secret: { secretName: PAYMENTS.name } }],
  };
}
