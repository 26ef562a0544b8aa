import { join } from "node:path";
import type { RunningProcess } from "../processes/processes.ts";
import type { ApiServer } from "./api-server.ts";
import { type ProbeIdentity, probe, untilReady } from "./component.ts";
import type { ComponentOptions } from "./etcd.ts";

/** What kube-controller-manager needs besides its program. */
export interface ControllerManagerOptions extends ComponentOptions {
  readonly apiServer: ApiServer;
  /** Its own kubeconfig file, of the user system:kube-controller-manager. */
  readonly kubeconfig: string;
  readonly admin: ProbeIdentity;
}

/** Starts kube-controller-manager and waits until its controllers have made the first ServiceAccount that pods need. */
export async function startControllerManager(options: ControllerManagerOptions): Promise<RunningProcess> {
  const { dir, apiServer, kubeconfig, processes, program, admin } = options;
  const process = processes.spawn({
    name: "kube-controller-manager",
    log: join(dir, "kube-controller-manager.log"),
    command: program,
    args: [
      `--kubeconfig=${kubeconfig}`,
      // It serves nothing that the sandbox needs.
      "--secure-port=0",
      "--leader-elect=false",
      "--use-service-account-credentials",
      `--service-account-private-key-file=${apiServer.files.serviceAccountKey}`,
      // Without it every kube-root-ca.crt holds an empty certificate.
      `--root-ca-file=${apiServer.files.ca}`,
      // By default it makes a folder under /usr/libexec.
      `--flex-volume-plugin-dir=${join(dir, "volume-plugins")}`,
      // By default 20 and 30: a Deployment of 1,000 pods would take 50 s.
      "--kube-api-qps=1000",
      "--kube-api-burst=2000",
    ],
  });
  const account = `${apiServer.url}/api/v1/namespaces/default/serviceaccounts/default`;
  await untilReady(process, async () => (await probe(account, admin)) === 200);
  return process;
}
