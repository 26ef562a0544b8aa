import type { ParsedRotatedSecret, RotatedSecret } from "../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** What people and the cluster ask for, from the watches' caches. */
export interface Resources {
  /** The RotatedSecret of that name, as far as it can be read; undefined where there is none. */
  rotatedSecret(name: NamespacedName): ParsedRotatedSecret | undefined;
  /** The other RotatedSecrets of its namespace, those that cannot be read included. */
  neighbours(resource: RotatedSecret): readonly { readonly name: string; readonly uid: string }[];
  /** All policies that can be read; one that cannot allows nothing. */
  policies(): readonly SecretAccessPolicy[];
  /** Labels of a namespace; undefined while the watch has not shown it. */
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
}
