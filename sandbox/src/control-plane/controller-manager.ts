import { join } from "node:path";
import type { RunningProcess } from "../processes/processes.ts";
import type { ApiServer } from "./api-server.ts";
import { type ProbeIdentity, probe, untilReady } from "./component.ts";
import type { ComponentOptions } from "./etcd.ts";

/** The options of kube-controller-manager besides its program. */
export interface ControllerManagerOptions extends ComponentOptions {
  readonly apiServer: ApiServer;
  /** Its kubeconfig file, of the user system:kube-controller-manager. */
  readonly kubeconfig: string;
  readonly admin: ProbeIdentity;
}

/**
 * Starts kube-controller-manager, and waits until its controllers have created the first ServiceAccount that pods need.
 */
export async function startControllerManager(options: ControllerManagerOptions): Promise<RunningProcess> {
  const { dir, apiServer, kubeconfig, processes, program, admin } = options;
  const process = processes.spawn({
    name: "kube-controller-manager",
    log: join(dir, "kube-controller-manager.log"),
    command: program,
    args: [
      `--kubeconfig=${kubeconfig}`,
      // The sandbox does not use any of its endpoints.
      "--secure-port=0",
      "--leader-elect=false",
      "--use-service-account-credentials",
      `--service-account-private-key-file=${apiServer.files.serviceAccountKey}`,
      // Without it every kube-root-ca.crt contains an empty certificate.
      `--root-ca-file=${apiServer.files.ca}`,
      // By default it creates a folder under /usr/libexec.
      `--flex-volume-plugin-dir=${join(dir, "volume-plugins")}`,
      // The defaults are 20 and 30: a Deployment of 1,000 pods would take 50 s.
      "--kube-api-qps=1000",
      "--kube-api-burst=2000",
    ],
  });
  const account = `${apiServer.url}/api/v1/namespaces/default/serviceaccounts/default`;
  await untilReady(process, async () => (await probe(account, admin)) === 200);
  return process;
}
