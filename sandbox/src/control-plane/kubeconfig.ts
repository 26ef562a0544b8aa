import { stringify } from "yaml";
import type { KeyPair } from "./certificate-authority.ts";

/** What a kubeconfig file says: where the API server is, whom to trust, and as whom to speak. */
export interface KubeconfigContent {
  readonly server: string;
  readonly caPem: string;
  readonly user: string;
  readonly client: KeyPair;
}

/** The text of a kubeconfig file with one context; certificates and key are in it, so that it needs no other file. */
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
