import { join } from "node:path";
import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { installOperator, type OperatorValues } from "../operator-release.ts";
import type { Sandbox } from "../sandbox.ts";
import { createDatabaseSecret, type DatabaseSecret } from "./database-secret.ts";

/** The example of demo and sandbox: the namespace of a team, and its secret in AWS. */
export const PAYMENTS = {
  namespace: "payments",
  /** Name of the RotatedSecret and of its Secret. */
  name: "payments-db",
  secretId: "prod/payments/db",
  user: "payments",
} as const;

/** Manifest of the RotatedSecret. */
export const PAYMENTS_MANIFEST = join(import.meta.dirname, "payments-db.yaml");

/** Lets the namespace read and rotate its own secrets. A value of the chart. */
const PAYMENTS_POLICY = {
  name: "payments",
  namespaces: { matchLabels: { "kubernetes.io/metadata.name": PAYMENTS.namespace } },
  secrets: ["arn:aws:secretsmanager:*:*:secret:prod/payments/*"],
  actions: ["Read", "Rotate"],
};

/**
 * Installs the operator with a policy for the example, creates the database user, the secret in AWS with its rotation,
 * the namespace and the RotatedSecret, and waits until the RotatedSecret is Ready. `tell` hears of each part that is there.
 */
export async function setUpPayments(
  sandbox: Sandbox,
  settings: OperatorValues["settings"],
  tell: (what: string) => void,
): Promise<DatabaseSecret> {
  const { namespace, name, secretId, user } = PAYMENTS;
  const [secret] = await Promise.all([
    createDatabaseSecret(sandbox, { name: secretId, user }).then((created) => {
      tell(`AWS holds ${secretId}; its rotation alternates between the users ${user} and ${user}_clone`);
      return created;
    }),
    installOperator(sandbox, { settings: { ...settings }, policies: [PAYMENTS_POLICY] }).then(() =>
      tell(`helm has installed the operator, and a SecretAccessPolicy for the namespace ${namespace}`),
    ),
    sandbox.kubectl("create", "namespace", namespace),
  ]);
  await sandbox.kubectl("apply", `--filename=${PAYMENTS_MANIFEST}`);
  await sandbox.kubectl("wait", `rsec/${name}`, "-n", namespace, "--for=condition=Ready", "--timeout=60s");
  tell(`RotatedSecret ${name} is Ready: the Secret ${name} holds what AWS holds`);
  return secret;
}

/** The arguments with which kubectl asks for a rotation. Each new text asks for one. */
export function rotateArguments(text: string): readonly string[] {
  const { namespace, name } = PAYMENTS;
  return ["annotate", "rsec", name, "-n", namespace, "--overwrite", `${ROTATE_ANNOTATION}=${text}`];
}
