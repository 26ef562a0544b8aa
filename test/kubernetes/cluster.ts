import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";
import { type ControlPlane, startControlPlane } from "@rotated-secrets/sandbox/control-plane/control-plane";
import { Processes } from "@rotated-secrets/sandbox/processes/processes";
import { findTools } from "@rotated-secrets/sandbox/tools/tools";
import { eventually } from "../support/eventually.ts";

const CRDS = join(import.meta.dirname, "../../crds");

/** A control plane with the project's CRDs, for tests of the adapters. */
export interface Cluster {
  /** Speaks as the administrator. */
  readonly client: KubeClient;
  readonly controlPlane: ControlPlane;
  /** Runs kubectl as the administrator. @throws with its error output */
  kubectl(...args: readonly string[]): Promise<unknown>;
  /** Makes a namespace that no other test uses; resolves with its name. */
  namespace(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it; takes about 5 s. */
export async function startCluster(): Promise<Cluster> {
  const tools = await findTools();
  const dir = await mkdtemp(join(tmpdir(), "rotated-secrets-kubernetes-"));
  const processes = new Processes(dir);
  const controlPlane = await startControlPlane({ dir: join(dir, "control-plane"), processes, tools });
  const client = new KubeClient({
    config: loadKubeConfig(controlPlane.adminKubeconfig),
    userAgent: "test/0",
  });
  const kubectl = (...args: readonly string[]) =>
    promisify(execFile)(tools.kubectl, ["--kubeconfig", controlPlane.adminKubeconfig, ...args]);
  await kubectl("apply", "--filename", CRDS);
  // A CRD that is quite new has `conditions: null`, at which kubectl gives up.
  await eventually("the CRDs are established", () =>
    kubectl("wait", "--for", "condition=Established", "--filename", CRDS),
  );
  let namespaces = 0;
  return {
    client,
    controlPlane,
    kubectl,
    namespace: async () => {
      namespaces += 1;
      const name = `test-${namespaces}`;
      await client.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    stop: async () => {
      await client.close();
      await controlPlane.stop();
      await processes.stop();
    },
  };
}
