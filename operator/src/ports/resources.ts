import type { ResolvedSpec } from "../api/resolved-spec.ts";
import type { ParsedRotatedSecret, RotatedSecret } from "../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** A RotatedSecret that can be worked on. */
export interface ValidRotatedSecret {
  readonly kind: "valid";
  readonly resource: RotatedSecret;
  /** Its spec with every default filled in, resolved once per change of the object. */
  readonly spec: ResolvedSpec;
}

/** A RotatedSecret in the cache; an object that breaks the rules is kept, so that its status can say so. */
export type KnownRotatedSecret =
  | ValidRotatedSecret
  | Exclude<ParsedRotatedSecret, { readonly kind: "valid" }>;

/** Desired state, from the watches' caches. */
export interface Resources {
  /** The RotatedSecret with this name; undefined if there is none. */
  rotatedSecret(name: NamespacedName): KnownRotatedSecret | undefined;
  /** All valid policies; an invalid one allows nothing. */
  policies(): readonly SecretAccessPolicy[];
  /** Labels of a namespace; undefined before the watch has shown it. */
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
}
