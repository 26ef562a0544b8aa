import type { AwsEmulator } from "../aws/emulator.ts";
import { SERVICE_ACCOUNT_ISSUER } from "../control-plane/api-server.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { clusterClient } from "./cluster-client.ts";

/** The audience that STS expects in the tokens of ServiceAccounts. EKS user guide, "IAM roles for service accounts". */
export const STS_AUDIENCE = "sts.amazonaws.com";

/**
 * Lets STS trust the tokens of the cluster's ServiceAccounts, by the keys that the API server publishes. EKS publishes
 * them for everyone; here the administrator reads them.
 */
export function trustCluster(aws: AwsEmulator, { adminKubeconfig }: ControlPlane): void {
  aws.trustIssuer({
    issuer: SERVICE_ACCOUNT_ISSUER,
    audiences: [STS_AUDIENCE],
    keys: async () => {
      const client = clusterClient(adminKubeconfig);
      try {
        return await client.get("/openid/v1/jwks");
      } finally {
        await client.close();
      }
    },
  });
}

/** The trust policy of a role for one ServiceAccount of the cluster. */
export function trustIn(namespace: string, serviceAccount: string) {
  return {
    issuer: SERVICE_ACCOUNT_ISSUER,
    subjects: [`system:serviceaccount:${namespace}:${serviceAccount}`],
    audience: STS_AUDIENCE,
  };
}
