import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import type { Answer } from "./answer.ts";

/** A secret as one answer of AWS shows it. */
export type SecretSnapshot = Omit<SecretFacts, "currentRead">;

/** One page of an answer. `next` is the token of the next page, if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** A version in an answer of ListSecretVersionIds. */
export interface VersionEntry {
  readonly versionId: VersionId;
  readonly createdAt: Instant;
}

/** The values and problems of the secrets in a batch. A secret in neither map was left out by AWS. */
export interface ValueBatch {
  readonly values: ReadonlyMap<SecretArn, VersionValue>;
  readonly problems: ReadonlyMap<SecretArn, AwsProblem>;
}

/**
 * The calls of AWS Secrets Manager that the operator makes, in the operator's types. Each call keeps to the rate limits,
 * has a deadline, and throws only the reason of `signal`.
 */
export interface SecretsManagerApi {
  /** ListSecrets, 100 on a page, without secrets that are marked for deletion. The answer may be minutes old. */
  listSecrets(
    scope: AwsScope,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<SecretSnapshot>>>;
  /** DescribeSecret by name or ARN, with or without its last six characters. A secret marked for deletion is not found. */
  describeSecret(scope: AwsScope, secretId: string, signal: AbortSignal): Promise<Answer<SecretSnapshot>>;
  /** ListSecretVersionIds, with deprecated versions (those without labels). */
  listSecretVersionIds(
    scope: AwsScope,
    arn: SecretArn,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<VersionEntry>>>;
  /** BatchGetSecretValue of at most 20 secrets. */
  batchGetSecretValue(
    scope: AwsScope,
    arns: readonly SecretArn[],
    signal: AbortSignal,
  ): Promise<Answer<ValueBatch>>;
  /** GetSecretValue of AWSCURRENT. The request names that stage, as a policy may allow no other. */
  getSecretValue(scope: AwsScope, arn: SecretArn, signal: AbortSignal): Promise<Answer<VersionValue>>;
  /** GetSecretValue of one version by its id. A version without a value is not found. */
  getSecretVersion(
    scope: AwsScope,
    arn: SecretArn,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<VersionValue>>;
  /** RotateSecret with the token and nothing else. The SDK does not retry it. */
  rotateSecret(
    scope: AwsScope,
    arn: SecretArn,
    token: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<undefined>>;
}
