import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./bundles.ts";
import { OPERATOR_IMAGE } from "./images.ts";
import type { Sandbox } from "./sandbox.ts";

/** The name of the release and of its namespace. */
export const OPERATOR_RELEASE = "rotated-secrets";
/** The installed chart. */
const CHART = join(ROOT, "charts", "rotated-secrets");

/** The values of the chart that are set here. */
export interface OperatorValues {
  /** The operator's settings, by the names of its flags. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** The SecretAccessPolicies of the release. */
  readonly policies?: readonly object[];
  readonly [other: string]: unknown;
}

/** Installs or upgrades the operator with helm, and waits until it is ready. @throws Error with helm's output */
export async function installOperator(sandbox: Sandbox, values: OperatorValues = {}): Promise<void> {
  const file = join(sandbox.dir, "operator-values.json");
  const { AWS_REGION, ...credentials } = {
    ...sandbox.aws.credentials("operator"),
    AWS_ENDPOINT_URL: sandbox.awsProxy.url,
  };
  const extraEnv = Object.entries(credentials).map(([name, value]) => ({ name, value }));
  // One replica, so that it is clear which operator is active.
  const all = { replicas: 1, image: OPERATOR_IMAGE, aws: { region: AWS_REGION }, extraEnv, ...values };
  await writeFile(file, JSON.stringify(all));
  await sandbox.helm(
    ...[
      "upgrade",
      "--install",
      OPERATOR_RELEASE,
      CHART,
      "--namespace",
      OPERATOR_RELEASE,
      "--create-namespace",
    ],
    ...["--values", file, "--wait", "--timeout", "60s"],
  );
}

/** The name of the operator's pod; undefined if all its pods are being deleted. */
export async function operatorPod(sandbox: Sandbox): Promise<string | undefined> {
  const list = await sandbox.kubectl("get", "pods", "--namespace", OPERATOR_RELEASE, "--output", "json");
  const { items } = JSON.parse(list) as {
    items: readonly { metadata: { name: string; deletionTimestamp?: string } }[];
  };
  return items.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name;
}

/** Scales the operator to 0 or 1, and waits until that is done. */
export async function scaleOperator(sandbox: Sandbox, replicas: 0 | 1): Promise<void> {
  const deployment = `deployment/${OPERATOR_RELEASE}`;
  await sandbox.kubectl("scale", deployment, "--namespace", OPERATOR_RELEASE, `--replicas=${replicas}`);
  const within = ["--namespace", OPERATOR_RELEASE, "--timeout=60s"];
  if (replicas === 0) await sandbox.kubectl("wait", "pod", "--all", "--for=delete", ...within);
  // Not "wait pod --all", which fails until the first pod exists.
  else await sandbox.kubectl("rollout", "status", deployment, ...within);
}
