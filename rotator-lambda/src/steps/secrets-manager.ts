import { AWSCURRENT, type Stages, versionWithLabel } from "@rotated-secrets/contract/labels";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";

/** What DescribeSecret tells of a secret. */
export interface SecretDescription {
  /** False where rotation was switched off, as by CancelRotateSecret. */
  readonly rotationEnabled: boolean;
  /** ARN of the function that rotates the secret, with its qualifier if one was given; undefined where none does. */
  readonly rotationFunction: string | undefined;
  /** Key to value. */
  readonly tags: ReadonlyMap<string, string>;
  /** Staging labels of each version that has any. */
  readonly stages: Stages;
}

/** A version with its value. */
export interface SecretVersion {
  readonly versionId: string;
  readonly value: SecretValue<string>;
}

/**
 * What the steps need of Secrets Manager. All reads are eventually consistent: each may show a state of some time ago.
 * Every method throws a RotationError of kind `aws` when the call fails.
 */
export interface SecretsManager {
  /** Undefined where there is no such secret, or none yet. */
  describe(secretArn: SecretArn): Promise<SecretDescription | undefined>;
  /**
   * The version that has the staging label, and where `versionId` is given only if it is that one. Undefined where there
   * is none, or none with a value. @throws RotationError of kind `document` for a binary value
   */
  read(secretId: string, stage: string, versionId?: VersionId): Promise<SecretVersion | undefined>;
  /** Gives the pending version its value; `exists` when it already has another one. */
  storePending(
    secretArn: SecretArn,
    versionId: VersionId,
    value: SecretValue<string>,
  ): Promise<"stored" | "exists">;
  /** Moves AWSCURRENT from one version to another; `notHolder`, and nothing is moved, when `from` does not have it. */
  moveCurrent(secretArn: SecretArn, from: string, to: VersionId): Promise<"moved" | "notHolder">;
}

/** Whether the version has the staging label. */
export function hasStage(
  description: SecretDescription | undefined,
  versionId: string,
  stage: string,
): boolean {
  return description?.stages.get(versionId)?.includes(stage) === true;
}

/** The version that has AWSCURRENT. */
export function currentVersionOf(description: SecretDescription | undefined): string | undefined {
  return description && versionWithLabel(description.stages, AWSCURRENT);
}
