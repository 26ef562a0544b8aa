import { stringify } from "yaml";
import type { KeyPair } from "./certificate-authority.ts";

/** The values of a kubeconfig file: the API server's address, the trusted CA, and the client certificate. */
export interface KubeconfigContent {
  readonly server: string;
  readonly caPem: string;
  readonly user: string;
  readonly client: KeyPair;
}

/** The text of a kubeconfig file with one context. It contains certificates and key, so it needs no other file. */
export function kubeconfig(content: KubeconfigContent): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "sandbox",
        cluster: { server: content.server, "certificate-authority-data": base64(content.caPem) },
      },
    ],
    users: [
      {
        name: content.user,
        user: {
          "client-certificate-data": base64(content.client.certPem),
          "client-key-data": base64(content.client.keyPem),
        },
      },
    ],
    contexts: [
      { name: "sandbox", context: { cluster: "sandbox", user: content.user, namespace: "default" } },
    ],
    "current-context": "sandbox",
  });
}
