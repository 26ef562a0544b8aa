import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expandVariables } from "@rotated-secrets/sandbox/node/expansion";
import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import type { RunningProcess } from "@rotated-secrets/sandbox/processes/processes";
import type { BenchCluster } from "./bench-cluster.ts";

/** The part of a Deployment that says how its container is started. */
interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly serviceAccountName: string; readonly containers: readonly Container[] };
    };
  };
}

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
  }[];
}

/** The values that the downward API gives to a pod. */
const POD_FIELDS: Readonly<Record<string, string>> = {
  "status.podIP": "127.0.0.1",
  "metadata.name": "bench",
  "metadata.namespace": OPERATOR_RELEASE,
};

/** A build of the operator. */
export interface OperatorBuild {
  /** Absolute path of its bundle. */
  readonly bundle: string;
  /** The only flags that it is started with; undefined for all that the chart sets. */
  readonly flags: ReadonlySet<string> | undefined;
}

/** Starts the operator as the chart does, with the permissions of the chart's ServiceAccount. */
export type StartOperator = () => RunningProcess;

/** Reads from the release how its pod would start this build. */
export async function operatorOf(
  cluster: BenchCluster,
  { bundle, flags }: OperatorBuild,
): Promise<StartOperator> {
  const { api, processes } = cluster;
  const path = `/apis/apps/v1/namespaces/${OPERATOR_RELEASE}/deployments/${OPERATOR_RELEASE}`;
  const { spec } = await api.get<Deployment>(path);
  const { serviceAccountName, containers } = spec.template.spec;
  const KUBECONFIG = await kubeconfigOf(cluster, serviceAccountName);
  const env = { ...environmentOf(containers[0] ?? {}), KUBECONFIG };
  const chartArgs = containers[0]?.args ?? [];
  const args = [bundle, ...chartArgs.filter((arg) => flags?.has(flagOf(arg)) ?? true)];
  return () => processes.spawn({ name: "operator", command: process.execPath, args, env });
}

/** The name in an argument such as `--log-level=debug`. */
function flagOf(arg: string): string {
  return arg.replace(/^--/, "").replace(/=.*$/s, "");
}

function environmentOf({ env = [] }: Container): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const { name, value = "", valueFrom } of env) {
    const field = valueFrom?.fieldRef?.fieldPath;
    variables[name] = field === undefined ? expandVariables(value, variables) : (POD_FIELDS[field] ?? "");
  }
  return variables;
}

async function kubeconfigOf(cluster: BenchCluster, serviceAccount: string): Promise<string> {
  const { controlPlane, dir } = cluster;
  const namespace = ["--namespace", OPERATOR_RELEASE];
  const token = await cluster.kubectl("create", "token", serviceAccount, ...namespace, "--duration=24h");
  const ca = Buffer.from(controlPlane.caPem).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "bench", cluster: { server: controlPlane.url, "certificate-authority-data": ca } }],
    users: [{ name: serviceAccount, user: { token: token.trim() } }],
    contexts: [{ name: "bench", context: { cluster: "bench", user: serviceAccount } }],
    "current-context": "bench",
  };
  const file = join(dir, "operator.kubeconfig");
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
