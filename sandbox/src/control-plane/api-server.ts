import { generateKeyPair } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunningProcess } from "../processes/processes.ts";
import { AUDIT_POLICY } from "./audit-policy.ts";
import { AUTHENTICATION } from "./authentication.ts";
import type { KeyPair } from "./certificate-authority.ts";
import { type ProbeIdentity, probe, retryOnTakenPort, untilReady } from "./component.ts";
import type { ComponentOptions, Etcd } from "./etcd.ts";
import { freePorts } from "./free-port.ts";

/** `iss` of the tokens of ServiceAccounts. */
export const SERVICE_ACCOUNT_ISSUER = "https://kubernetes.default.svc";

/** The options of the API server besides its program. */
export interface ApiServerOptions extends ComponentOptions {
  readonly etcd: Etcd;
  readonly caPem: string;
  readonly serving: KeyPair;
  /** The identity for readiness probes. It must be allowed to read everything. */
  readonly admin: ProbeIdentity;
}

/** The files of the API server. */
export interface ApiServerFiles {
  readonly ca: string;
  readonly auditLog: string;
  /** Private key that service account tokens are signed with; the controller manager needs it too. */
  readonly serviceAccountKey: string;
}

/** kube-apiserver on 127.0.0.1. */
export class ApiServer {
  readonly url: string;
  readonly files: ApiServerFiles;
  readonly #options: ApiServerOptions;
  #process: RunningProcess;

  private constructor(url: string, files: ApiServerFiles, options: ApiServerOptions) {
    this.url = url;
    this.files = files;
    this.#options = options;
    this.#process = this.#spawn();
  }

  /** Starts an API server and waits until it is ready. @throws ComponentFailed */
  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const files = await writeFiles(options);
    return await retryOnTakenPort(async () => {
      const [port] = await freePorts(1);
      const server = new ApiServer(`https://127.0.0.1:${port}`, files, options);
      await server.#untilReady();
      return server;
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Kills the process, then starts it again at the same address and waits until it is ready. etcd keeps all objects. */
  async restart(): Promise<void> {
    await this.stop();
    this.#process = this.#spawn();
    await this.#untilReady();
  }

  /** Kills the process. */
  async stop(): Promise<void> {
    await this.#process.stop(0);
  }

  #spawn(): RunningProcess {
    const { dir, processes, program, etcd } = this.#options;
    const flags = [servingFlags(dir, this.url), etcdFlags(etcd), accessFlags(dir, this.url), clusterFlags()];
    return processes.spawn({
      name: "kube-apiserver",
      command: program,
      args: flags.flat(),
      log: join(dir, "kube-apiserver.log"),
    });
  }

  async #untilReady(): Promise<void> {
    const { admin } = this.#options;
    await untilReady(this.#process, async () => (await probe(`${this.url}/readyz`, admin)) === 200);
  }
}

async function writeFiles(options: ApiServerOptions): Promise<ApiServerFiles> {
  const { dir, caPem, serving } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const contents: Readonly<Record<string, string | Buffer>> = {
    "ca.pem": caPem,
    "serving.pem": serving.certPem,
    "serving.key": serving.keyPem,
    "service-accounts.key": key,
    "audit-policy.yaml": AUDIT_POLICY,
    "authentication.yaml": AUTHENTICATION,
  };
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(dir, name), content, { mode: 0o600 });
  }
  return {
    ca: join(dir, "ca.pem"),
    auditLog: join(dir, "audit.log"),
    serviceAccountKey: join(dir, "service-accounts.key"),
  };
}

function servingFlags(dir: string, url: string): string[] {
  return [
    "--bind-address=127.0.0.1",
    `--secure-port=${new URL(url).port}`,
    `--tls-cert-file=${join(dir, "serving.pem")}`,
    `--tls-private-key-file=${join(dir, "serving.key")}`,
    `--cert-dir=${dir}`,
    "--profiling=false",
  ];
}

function etcdFlags(etcd: Etcd): string[] {
  const { ca, cert, key } = etcd.files;
  return [
    `--etcd-servers=${etcd.url}`,
    `--etcd-cafile=${ca}`,
    `--etcd-certfile=${cert}`,
    `--etcd-keyfile=${key}`,
  ];
}

function accessFlags(dir: string, url: string): string[] {
  const serviceAccountKey = join(dir, "service-accounts.key");
  return [
    `--client-ca-file=${join(dir, "ca.pem")}`,
    `--authentication-config=${join(dir, "authentication.yaml")}`,
    "--authorization-mode=RBAC",
    `--service-account-issuer=${SERVICE_ACCOUNT_ISSUER}`,
    // The default contains the machine's external address, where nothing listens.
    `--service-account-jwks-uri=${url}/openid/v1/jwks`,
    `--service-account-key-file=${serviceAccountKey}`,
    `--service-account-signing-key-file=${serviceAccountKey}`,
    // Tokens expire after the requested time, not after a year.
    "--service-account-extend-token-expiration=false",
    `--audit-policy-file=${join(dir, "audit-policy.yaml")}`,
    `--audit-log-path=${join(dir, "audit.log")}`,
    // In megabytes. Tests read the complete log, so it must not be rotated.
    "--audit-log-maxsize=4096",
  ];
}

function clusterFlags(): string[] {
  return [
    "--service-cluster-ip-range=10.96.0.0/16",
    // Pods do not use the Service `kubernetes`, and the server rejects its loopback address as an endpoint.
    "--endpoint-reconciler-type=none",
    "--advertise-address=192.0.2.1",
    // `kubectl logs` reaches the node at the address where it listens. Without a CA for kubelets, any certificate of
    // the node is accepted.
    "--kubelet-preferred-address-types=InternalIP",
  ];
}
