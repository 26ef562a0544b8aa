import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { NamespacedName } from "./target-secrets.ts";

/**
 * The result of reading a ServiceAccount.
 *
 * - `present`: it exists. `roleArn` is the role in its annotation, if it has one.
 * - `absent`: it does not exist, or is being deleted.
 * - `refused`: the operator may not read it. `why` is the API server's reason.
 */
export type ServiceAccountReading =
  | { readonly kind: "present"; readonly uid: string; readonly roleArn?: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: string };

/** The result of a TokenRequest. `refused`: the operator may not request tokens of this ServiceAccount. */
export type TokenOutcome =
  | { readonly kind: "token"; readonly token: SecretValue<string> }
  | { readonly kind: "absent" }
  | { readonly kind: "refused" };

/** Reads the ServiceAccounts in whose name AWS is called. Only those that are asked for by name are read. */
export interface ServiceAccounts {
  /** The last reading, whatever its age; undefined if there is none. */
  cached(account: NamespacedName): ServiceAccountReading | undefined;
  /** Reads at the API server. A reading that is a few seconds old, as for another resource of the same account, is taken instead. */
  read(account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading>;
  /** A reading that is at most a few minutes old, so that frequent callers learn of a change in time. */
  recent(account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading>;
  /** A short-lived token of the ServiceAccount, valid for AWS STS only (TokenRequest). */
  token(account: NamespacedName, signal: AbortSignal): Promise<TokenOutcome>;
  /** Calls back when a reading differs from the one before it. Returns the function that ends the subscription. */
  onChange(listener: (account: NamespacedName) => void): () => void;
}
