import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "./aws-problem.ts";
import type { AwsScope } from "./aws-scope.ts";
import type { Instant } from "./fact.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** The value of a version: of the one that AWSCURRENT named when it was read, or that was asked for. */
export interface VersionValue {
  readonly versionId: VersionId;
  /** When the version was made. */
  readonly createdAt: Instant;
  readonly value: SecretValue;
}

/** An answer to "what is the value". */
export type ValueReading =
  | ({ readonly kind: "value" } & VersionValue)
  | { readonly kind: "problem"; readonly problem: AwsProblem };

/**
 * Reads values: many at once (BatchGetSecretValue), and each version once as long as it is wanted. What one identity was
 * given is held for that identity alone.
 */
export interface SecretValues {
  /** The value held in memory for this version; undefined where it has to be read. */
  cached(arn: SecretArn, scope: AwsScope, versionId: VersionId): VersionValue | undefined;
  /** Reads the AWSCURRENT value. The answer may be older or newer than what was expected: the version id tells. */
  current(arn: SecretArn, scope: AwsScope, signal: AbortSignal): Promise<ValueReading>;
  /** Reads the value of this version, whatever its labels. A version that AWS does not have is a problem `notFound`. */
  version(arn: SecretArn, scope: AwsScope, versionId: VersionId, signal: AbortSignal): Promise<ValueReading>;
  /** Forgets what is held of a secret that nobody follows any more. */
  forget(arn: SecretArn, scope: AwsScope): void;
  /** Forgets all that was read in the name of a ServiceAccount, which may be another, or have another role, by now. */
  forgetAllOf(account: NamespacedName): void;
}
