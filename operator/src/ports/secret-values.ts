import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "./aws-problem.ts";
import type { AwsScope } from "./aws-scope.ts";
import type { Instant } from "./fact.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** The value of a version: of the current one at the time of the read, or of the one that was asked for. */
export interface VersionValue {
  readonly versionId: VersionId;
  /** When AWS created the version. */
  readonly createdAt: Instant;
  readonly value: SecretValue;
}

/** The result of reading a value. */
export type ValueReading =
  | ({ readonly kind: "value" } & VersionValue)
  | { readonly kind: "problem"; readonly problem: AwsProblem };

/**
 * Reads values, many in one call (BatchGetSecretValue), and holds them in memory. An identity never gets a value that
 * another identity has read.
 */
export interface SecretValues {
  /** The value of this version from memory; undefined if it has to be read. */
  cached(arn: SecretArn, scope: AwsScope, versionId: VersionId): VersionValue | undefined;
  /** Reads the current value. It may be of an older or newer version than expected: check the version id. */
  current(arn: SecretArn, scope: AwsScope, signal: AbortSignal): Promise<ValueReading>;
  /** Reads the value of this version, whatever its labels are. If AWS does not have it, the problem is `notFound`. */
  version(arn: SecretArn, scope: AwsScope, versionId: VersionId, signal: AbortSignal): Promise<ValueReading>;
  /** Forgets the values of a secret that is no longer followed. */
  forget(arn: SecretArn, scope: AwsScope): void;
  /** Forgets all values that were read in the name of a ServiceAccount that has been replaced or has another role. */
  forgetAllOf(account: NamespacedName): void;
}
