import { accessSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";

const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** No usable kubeconfig was found. `message` may be logged and shown. */
export class KubeConfigError extends Error {
  override readonly name = "KubeConfigError";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
}

/**
 * Finds the API server and the credentials for it, in the order of controller-runtime: the given file, KUBECONFIG, the
 * pod's ServiceAccount, ~/.kube/config. @throws KubeConfigError if there is none, or it cannot be read
 */
export function loadKubeConfig(file?: string): KubeConfig {
  const home = join(homedir(), ".kube", "config");
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST } = process.env;
  if (file) return load(file, (config) => config.loadFromFile(file));
  if (KUBECONFIG) return load(`KUBECONFIG=${KUBECONFIG}`, (config) => config.loadFromDefault());
  if (KUBERNETES_SERVICE_HOST && isReadable(SERVICE_ACCOUNT_TOKEN)) {
    return load("the pod's ServiceAccount", (config) => config.loadFromCluster());
  }
  if (isReadable(home)) return load(home, (config) => config.loadFromFile(home));
  throw new KubeConfigError(
    `no API server is known: run inside a cluster, set KUBECONFIG, or create ${home}`,
  );
}

function load(source: string, read: (config: KubeConfig) => void): KubeConfig {
  const config = new KubeConfig();
  try {
    read(config);
  } catch (error) {
    // A parser's message may repeat the file's text, which can have a token.
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new KubeConfigError(`${source} cannot be read as a kubeconfig${code}`);
  }
  if (config.getCurrentCluster() === null) {
    throw new KubeConfigError(
      `${source} has no current context with a cluster: set one with kubectl config use-context`,
    );
  }
  return config;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
