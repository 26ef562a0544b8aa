import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { clusterClient } from "@rotated-secrets/sandbox/cluster/cluster-client";
import { type ControlPlane, startControlPlane } from "@rotated-secrets/sandbox/control-plane/control-plane";
import type { Pod } from "@rotated-secrets/sandbox/node/kubernetes-types";
import { type ProcessNode, startProcessNode } from "@rotated-secrets/sandbox/node/process-node";
import { Processes } from "@rotated-secrets/sandbox/processes/processes";
import { findTools } from "@rotated-secrets/sandbox/tools/tools";

const run = promisify(execFile);

/** Images of every sandbox here: `web` is web-app.ts, `shell` runs its arguments as a script. */
const IMAGES = {
  web: { command: [process.execPath, join(import.meta.dirname, "web-app.ts")], env: { FROM_IMAGE: "yes" } },
  shell: { command: ["/bin/sh", "-c"] },
};

/** A control plane with one process node, for tests of the node alone. */
export class NodeSandbox {
  readonly controlPlane: ControlPlane;
  readonly node: ProcessNode;
  readonly api: KubeClient;
  readonly #processes: Processes;
  readonly #kubectl: string;

  private constructor(parts: {
    controlPlane: ControlPlane;
    node: ProcessNode;
    api: KubeClient;
    processes: Processes;
    kubectl: string;
  }) {
    this.controlPlane = parts.controlPlane;
    this.node = parts.node;
    this.api = parts.api;
    this.#processes = parts.processes;
    this.#kubectl = parts.kubectl;
  }

  static async start(): Promise<NodeSandbox> {
    const dir = await mkdtemp(join(tmpdir(), "node-sandbox-"));
    const processes = new Processes(dir);
    const tools = await findTools();
    const controlPlane = await startControlPlane({ dir: join(dir, "control-plane"), processes, tools });
    const node = await startProcessNode({
      dir: join(dir, "node"),
      processes,
      kubeconfig: controlPlane.adminKubeconfig,
      apiServerUrlForPods: controlPlane.url,
      caPem: controlPlane.caPem,
      serving: controlPlane.serving,
      images: IMAGES,
      restartBackoff: { baseMs: 200, capMs: 1_000 },
    });
    const api = clusterClient(controlPlane.adminKubeconfig);
    return new NodeSandbox({ controlPlane, node, api, processes, kubectl: tools.kubectl });
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.node.stop();
    await this.controlPlane.stop();
    await this.#processes.stop();
  }

  /** Runs kubectl as an administrator; resolves with what it printed. */
  async kubectl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(this.#kubectl, ["--kubeconfig", this.controlPlane.adminKubeconfig, ...args]);
    return stdout;
  }

  /** Creates an object of a collection, such as `pods` or `apps/deployments`, in the namespace `default`. */
  async create(collection: string, object: object): Promise<void> {
    const [plural, group] = collection.split("/").reverse();
    const root = group ? `/apis/${group}/v1` : "/api/v1";
    await this.api.create(`${root}/namespaces/default/${plural}`, object);
  }

  /** Pods of the namespace `default` with the label `app`. */
  async pods(app: string): Promise<readonly Pod[]> {
    const query = { labelSelector: `app=${app}` };
    return (await this.api.list<Pod>("/api/v1/namespaces/default/pods", query)).items;
  }

  /** The only pod with the label. @throws when there are none or more */
  async pod(app: string): Promise<Pod> {
    const pods = await this.pods(app);
    const [pod] = pods;
    if (!pod || pods.length > 1) throw new Error(`${pods.length} pods with the label app=${app}`);
    return pod;
  }

  /** Asks the web app of a pod at the address that its process got. */
  async ask(pod: Pod, path: string): Promise<string> {
    const address = pod.status?.podIP?.replace(/^10\./, "127.");
    const answer = await fetch(`http://${address}:8080${path}`);
    return answer.text();
  }
}
