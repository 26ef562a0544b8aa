import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./bundles.ts";
import { OPERATOR_IMAGE } from "./images.ts";
import type { Sandbox } from "./sandbox.ts";

/** Name of the release, and of the namespace that it is in. */
export const OPERATOR_RELEASE = "rotated-secrets";
/** The chart that is installed. */
const CHART = join(ROOT, "charts", "rotated-secrets");

/** Values of the chart, as far as they are set here. */
export interface OperatorValues {
  /** Settings of the operator, by the names of its flags. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** SecretAccessPolicies that come with the release. */
  readonly policies?: readonly object[];
  readonly [other: string]: unknown;
}

/** Installs the operator with helm, or upgrades it, and waits until it is ready. @throws with helm's words */
export async function installOperator(sandbox: Sandbox, values: OperatorValues = {}): Promise<void> {
  const file = join(sandbox.dir, "operator-values.json");
  const { AWS_REGION, ...credentials } = {
    ...sandbox.aws.credentials("operator"),
    AWS_ENDPOINT_URL: sandbox.awsProxy.url,
  };
  const extraEnv = Object.entries(credentials).map(([name, value]) => ({ name, value }));
  // One, so that there is no doubt about who is at work.
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

/** Name of the operator's pod; undefined while there is none that is not being deleted. */
export async function operatorPod(sandbox: Sandbox): Promise<string | undefined> {
  const list = await sandbox.kubectl("get", "pods", "--namespace", OPERATOR_RELEASE, "--output", "json");
  const { items } = JSON.parse(list) as {
    items: readonly { metadata: { name: string; deletionTimestamp?: string } }[];
  };
  return items.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name;
}

/** Takes the operator away, or brings it back, and waits until it is so. */
export async function scaleOperator(sandbox: Sandbox, replicas: 0 | 1): Promise<void> {
  const deployment = `deployment/${OPERATOR_RELEASE}`;
  await sandbox.kubectl("scale", deployment, "--namespace", OPERATOR_RELEASE, `--replicas=${replicas}`);
  const within = ["--namespace", OPERATOR_RELEASE, "--timeout=60s"];
  if (replicas === 0) await sandbox.kubectl("wait", "pod", "--all", "--for=delete", ...within);
  // Not "wait pod --all", which fails until the first pod exists.
  else await sandbox.kubectl("rollout", "status", deployment, ...within);
}
