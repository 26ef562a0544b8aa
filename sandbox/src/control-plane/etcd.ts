import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes, RunningProcess } from "../processes/processes.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import { probe, retryOnTakenPort, untilReady } from "./component.ts";
import { freePorts } from "./free-port.ts";

/** The parameters of a component of the control plane. */
export interface ComponentOptions {
  /** Folder of its files. */
  readonly dir: string;
  readonly processes: Processes;
  /** Absolute path of its program. */
  readonly program: string;
}

/** A running etcd, and the way in which the API server reaches it. */
export interface Etcd {
  readonly process: RunningProcess;
  readonly url: string;
  /** The files of the authority, and of the certificate that server and client share. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
}

/**
 * Starts etcd with one member. It trusts only its own authority: certificates of the cluster's users are not valid
 * here.
 */
export async function startEtcd(options: ComponentOptions): Promise<Etcd> {
  const { dir, processes, program } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const authority = await CertificateAuthority.create("sandbox-etcd-ca");
  const client = await authority.issueServing("sandbox-etcd", { dns: ["localhost"], ip: ["127.0.0.1"] });
  const files = { ca: join(dir, "ca.pem"), cert: join(dir, "cert.pem"), key: join(dir, "key.pem") };
  await writeFile(files.ca, authority.certPem);
  await writeFile(files.cert, client.certPem);
  await writeFile(files.key, client.keyPem, { mode: 0o600 });

  return await retryOnTakenPort(async () => {
    const [clientPort, peerPort] = await freePorts(2);
    const url = `https://127.0.0.1:${clientPort}`;
    const args = etcdFlags({ dir, files, url, peerUrl: `https://127.0.0.1:${peerPort}` });
    const process = processes.spawn({ name: "etcd", command: program, args, log: join(dir, "etcd.log") });
    await untilReady(
      process,
      async () => (await probe(`${url}/health`, { caPem: authority.certPem, client })) === 200,
    );
    return { process, url, files };
  });
}

function etcdFlags(etcd: { dir: string; files: Etcd["files"]; url: string; peerUrl: string }): string[] {
  const { ca, cert, key } = etcd.files;
  return [
    "--name=sandbox",
    `--data-dir=${join(etcd.dir, "data")}`,
    `--listen-client-urls=${etcd.url}`,
    `--advertise-client-urls=${etcd.url}`,
    `--listen-peer-urls=${etcd.peerUrl}`,
    `--initial-advertise-peer-urls=${etcd.peerUrl}`,
    `--initial-cluster=sandbox=${etcd.peerUrl}`,
    ...[`--trusted-ca-file=${ca}`, `--cert-file=${cert}`, `--key-file=${key}`, "--client-cert-auth"],
    ...[
      `--peer-trusted-ca-file=${ca}`,
      `--peer-cert-file=${cert}`,
      `--peer-key-file=${key}`,
      "--peer-client-cert-auth",
    ],
    // Its data ends with the sandbox, so waiting for the disk would only cost time.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}
