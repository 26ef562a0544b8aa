import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import type { VersionValue } from "../../ports/secret-values.ts";

/** What one call brought: an answer, or why there is none. */
export type Answer<T> = { readonly kind: "answer"; readonly value: T } | CallFailure;

/** A call that was refused or not answered. */
export interface CallFailure {
  readonly kind: "problem";
  readonly problem: AwsProblem;
  /** What AWS's message said, where a caller has to know; the message itself is dropped. */
  readonly said?: "previousRotationNotComplete";
}

/** A secret as one answer of AWS showed it. */
export type SecretSnapshot = Omit<SecretFacts, "currentRead">;

/** One page of an answer; `next` is there when there are more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** A version as ListSecretVersionIds shows it. */
export interface VersionEntry {
  readonly versionId: VersionId;
  readonly createdAt: Instant;
}

/** What a batch brought for each secret that it was asked for; one that is in neither map was left out by AWS. */
export interface ValueBatch {
  readonly values: ReadonlyMap<SecretArn, VersionValue>;
  readonly problems: ReadonlyMap<SecretArn, AwsProblem>;
}

/**
 * The calls of AWS Secrets Manager that the operator makes, in its own words. Each keeps within the quotas, has a
 * deadline, and throws only the reason of `signal` when that aborts.
 */
export interface SecretsManagerApi {
  /** ListSecrets, 100 a page; secrets that are to be deleted are left out. May lag by minutes. */
  listSecrets(
    scope: AwsScope,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<SecretSnapshot>>>;
  /** DescribeSecret by name or ARN, whole or without its last six characters. A secret that is to be deleted is not found. */
  describeSecret(scope: AwsScope, secretId: string, signal: AbortSignal): Promise<Answer<SecretSnapshot>>;
  /** ListSecretVersionIds, versions without labels included. */
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
  /** GetSecretValue of AWSCURRENT, which it names: policies may be limited to that stage. */
  getSecretValue(scope: AwsScope, arn: SecretArn, signal: AbortSignal): Promise<Answer<VersionValue>>;
  /** GetSecretValue of one version by its id; a version without a value is not found. */
  getSecretVersion(
    scope: AwsScope,
    arn: SecretArn,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<VersionValue>>;
  /** RotateSecret with the token and nothing else, once. */
  rotateSecret(
    scope: AwsScope,
    arn: SecretArn,
    token: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<undefined>>;
}
