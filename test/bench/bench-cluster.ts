import { mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { type AwsEmulator, startAwsEmulator } from "@rotated-secrets/sandbox/aws/emulator";
import { ROOT } from "@rotated-secrets/sandbox/bundles";
import { clusterClient } from "@rotated-secrets/sandbox/cluster/cluster-client";
import { type ControlPlane, startControlPlane } from "@rotated-secrets/sandbox/control-plane/control-plane";
import { freePorts } from "@rotated-secrets/sandbox/control-plane/free-port";
import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import { Processes } from "@rotated-secrets/sandbox/processes/processes";
import { run } from "@rotated-secrets/sandbox/run";
import { findTools } from "@rotated-secrets/sandbox/tools/tools";
import { ALLOW_ALL } from "../support/manifests.ts";

/** How long each answer of AWS takes, ms. */
export const AWS_LATENCY_MS = 15;
const CHART = join(ROOT, "charts", "rotated-secrets");

/**
 * A control plane with the chart's release in it, and an AWS. No node and no proxy: the release's pod stays pending, and
 * the operator is started as a process that speaks with the API server itself, so that nothing of the bench lies between.
 */
export interface BenchCluster {
  readonly dir: string;
  readonly processes: Processes;
  readonly controlPlane: ControlPlane;
  readonly aws: AwsEmulator;
  /** The API server, as admin. */
  readonly api: KubeClient;
  /** Runs kubectl as admin. @throws with its words */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Ends all that was started. */
  stop(): Promise<void>;
}

/** Starts a cluster and installs the chart, with these settings of the operator. */
export async function startBenchCluster(settings: Readonly<Record<string, string>>): Promise<BenchCluster> {
  const dir = mkdtempSync(join(tmpdir(), "rotated-secrets-bench-"));
  const processes = new Processes(dir);
  try {
    const tools = await findTools();
    const [controlPlane, aws] = await Promise.all([
      startControlPlane({ dir: join(dir, "control-plane"), processes, tools }),
      startAwsEmulator({ dir: join(dir, "aws"), processes, latencyMs: AWS_LATENCY_MS }),
    ]);
    const env = { KUBECONFIG: controlPlane.adminKubeconfig, HOME: dir, PATH: process.env.PATH ?? "" };
    const api = clusterClient(controlPlane.adminKubeconfig);
    const cluster: BenchCluster = {
      dir,
      processes,
      controlPlane,
      aws,
      api,
      kubectl: (...args) => run(tools.kubectl, args, { env }),
      stop: async () => {
        await api.close();
        await Promise.all([aws.stop(), controlPlane.stop()]);
        await processes.stop();
      },
    };
    await install(cluster, settings, (args) => run(tools.helm, args, { env }));
    return cluster;
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

async function install(
  { dir, aws }: BenchCluster,
  settings: Readonly<Record<string, string>>,
  helm: (args: readonly string[]) => Promise<string>,
): Promise<void> {
  const [port, healthPort] = await freePorts(2);
  const { AWS_REGION, ...credentials } = aws.credentials("operator");
  const extraEnv = Object.entries(credentials).map(([name, value]) => ({ name, value }));
  const values = { aws: { region: AWS_REGION }, extraEnv, policies: [ALLOW_ALL], port, healthPort, settings };
  const file = join(dir, "values.json");
  await writeFile(file, JSON.stringify(values));
  const place = ["--namespace", OPERATOR_RELEASE, "--create-namespace"];
  // Nothing runs the image: the bench starts the operator itself.
  const image = ["--set", "image.repository=none"];
  await helm(["install", OPERATOR_RELEASE, CHART, ...place, "--values", file, ...image]);
}
