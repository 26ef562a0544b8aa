import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";

// The API server is on the same machine and serves only tests, so requests are not limited.
const UNLIMITED = { perSecond: 1e6, burst: 1e6 };
const CONNECTIONS = 256;
/** A laptop under load answers slowly. */
const TIMEOUT_MS = 30_000;

/** A client of the sandbox's cluster, with the identity in the kubeconfig file. @throws KubeConfigError */
export function clusterClient(kubeconfig: string): KubeClient {
  return new KubeClient({
    config: loadKubeConfig(kubeconfig),
    userAgent: "sandbox",
    rateLimit: UNLIMITED,
    connections: CONNECTIONS,
    timeoutMs: TIMEOUT_MS,
  });
}
