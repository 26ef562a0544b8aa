import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { NamespacedName } from "./target-secrets.ts";

/**
 * A ServiceAccount, as it was read.
 *
 * - `present`: with the role that its annotation names, if it does.
 * - `absent`: there is none of that name, or it is being deleted.
 * - `refused`: the API server does not let the operator read it, and why.
 */
export type ServiceAccountReading =
  | { readonly kind: "present"; readonly uid: string; readonly roleArn?: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: string };

/** The answer to the wish for a token. `refused`: the API server does not let the operator have one. */
export type TokenOutcome =
  | { readonly kind: "token"; readonly token: SecretValue<string> }
  | { readonly kind: "absent" }
  | { readonly kind: "refused" };

/** ServiceAccounts in whose name AWS is called. Nothing is read before somebody asks for it by name. */
export interface ServiceAccounts {
  /** As it was last read, however long ago; undefined where it never was. */
  cached(account: NamespacedName): ServiceAccountReading | undefined;
  /** From the API server; what it said a few seconds ago, to another resource that waits for the same account, will do. */
  read(account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading>;
  /** As it was a few minutes ago, or read now: who uses an account again and again learns in time that it has changed. */
  recent(account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading>;
  /** A token of the account for AWS's STS alone, that soon expires (TokenRequest). */
  token(account: NamespacedName, signal: AbortSignal): Promise<TokenOutcome>;
  /** Calls back when a reading differs from the one before it. Returns the function that ends the subscription. */
  onChange(listener: (account: NamespacedName) => void): () => void;
}
