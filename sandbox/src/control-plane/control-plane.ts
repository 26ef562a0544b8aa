import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../processes/processes.ts";
import type { ToolPaths } from "../tools/tools.ts";
import { ApiServer } from "./api-server.ts";
import { CertificateAuthority, type Identity, type KeyPair } from "./certificate-authority.ts";
import { startControllerManager } from "./controller-manager.ts";
import { startEtcd } from "./etcd.ts";
import { Kubeconfigs } from "./kubeconfigs.ts";

/** A running Kubernetes control plane without nodes: real etcd, kube-apiserver and kube-controller-manager on loopback. */
export interface ControlPlane {
  /** `https://127.0.0.1:PORT` of the API server. */
  readonly url: string;
  /** The certificate of the authority that signs the certificates of the API server and of all clients. */
  readonly caPem: string;
  /** The kubeconfig file of the user `admin` in the group system:masters. */
  readonly adminKubeconfig: string;
  /** Creates a client certificate for an identity, and a kubeconfig file with it. Resolves with the file's path. */
  kubeconfigFor(identity: Identity): Promise<string>;
  /**
   * A serving certificate for 127.0.0.1, localhost and kubernetes.default.svc, for servers next to or in front of the
   * API server.
   */
  readonly serving: KeyPair;
  /** Path of the audit log: JSON lines of audit.k8s.io/v1 Events at level Metadata. */
  readonly auditLog: string;
  /** Process ids, for tests that freeze or kill a component. */
  readonly pid: { readonly apiserver: number; readonly etcd: number; readonly controllerManager: number };
  /** Kills the API server and starts it again at the same address; resolves when it is ready. Open watches and requests break. */
  restartApiServer(): Promise<void>;
  /** Kills the components. Their data is lost. */
  stop(): Promise<void>;
}

/** The parameters of a control plane. */
export interface ControlPlaneOptions {
  /** The folder of its certificates, data and audit log, readable only by its owner. Created if it does not exist. */
  readonly dir: string;
  readonly processes: Processes;
  readonly tools: ToolPaths;
  /** Receives a line for each component that is ready. @default none */
  readonly progress?: (line: string) => void;
}

/**
 * Starts a control plane, in about 5 s, with RBAC, default admission, an audit log, and tokens by TokenRequest.
 * @throws ComponentFailed with the end of its log if a component does not start; the others are then killed
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const started: Component[] = [];
  const stop = async () => {
    await Promise.all(started.map((component) => component.stop(0)));
  };
  try {
    return await startComponents(options, started, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A started component. `stop` kills it after `graceMs`. */
interface Component {
  stop(graceMs: number): Promise<void>;
}

async function startComponents(
  options: ControlPlaneOptions,
  started: Component[],
  stop: () => Promise<void>,
): Promise<ControlPlane> {
  const { dir, processes, tools } = options;
  const report = reporter(options.progress);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const authority = await CertificateAuthority.create("sandbox-ca");
  const caPem = authority.certPem;
  const admin = { user: "admin", groups: ["system:masters"] };
  const adminProbe = { caPem, client: await authority.issueClient(admin) };
  const serving = await authority.issueServing("kube-apiserver", SERVING_NAMES);

  const etcd = await startEtcd({ dir: join(dir, "etcd"), processes, program: tools.etcd });
  started.push(etcd.process);
  report("etcd");

  const apiServerDir = join(dir, "kube-apiserver");
  const common = { processes, caPem, serving, admin: adminProbe };
  const apiServer = await ApiServer.start({
    ...common,
    dir: apiServerDir,
    program: tools.kubeApiserver,
    etcd,
  });
  started.push(apiServer);
  report("kube-apiserver");

  const kubeconfigs = new Kubeconfigs(join(dir, "kubeconfigs"), apiServer.url, authority);
  const controllerManager = await startControllerManager({
    dir: join(dir, "kube-controller-manager"),
    processes,
    program: tools.kubeControllerManager,
    apiServer,
    admin: adminProbe,
    kubeconfig: await kubeconfigs.write({ user: "system:kube-controller-manager" }),
  });
  started.push(controllerManager);
  report("kube-controller-manager");

  return {
    url: apiServer.url,
    caPem,
    adminKubeconfig: await kubeconfigs.write(admin),
    kubeconfigFor: (identity) => kubeconfigs.write(identity),
    serving,
    auditLog: apiServer.files.auditLog,
    pid: {
      get apiserver() {
        return apiServer.pid;
      },
      etcd: etcd.process.pid,
      controllerManager: controllerManager.pid,
    },
    restartApiServer: () => apiServer.restart(),
    stop,
  };
}

const SERVING_NAMES = {
  dns: [
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ],
  // 10.96.0.1 is the Service `kubernetes`.
  ip: ["127.0.0.1", "10.96.0.1"],
} as const;

function reporter(progress: ((line: string) => void) | undefined): (component: string) => void {
  const start = Date.now();
  return (component) =>
    progress?.(`${component} is ready after ${((Date.now() - start) / 1000).toFixed(1)} s`);
}
