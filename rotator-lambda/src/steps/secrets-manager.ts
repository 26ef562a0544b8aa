import { AWSCURRENT, type Stages, versionWithLabel } from "@rotated-secrets/contract/labels";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";

/** A secret as DescribeSecret shows it. */
export interface SecretDescription {
  /** False if rotation is switched off, for example by CancelRotateSecret. */
  readonly rotationEnabled: boolean;
  /** When AWS will delete the secret; undefined if no deletion is scheduled. */
  readonly deletedAt: Date | undefined;
  /** ARN of the secret's rotation function, with its qualifier if it has one; undefined if the secret has none. */
  readonly rotationFunction: string | undefined;
  /** Values by key. */
  readonly tags: ReadonlyMap<string, string>;
  /** The staging labels of each version that has some. */
  readonly stages: Stages;
}

/** A version and its value. */
export interface SecretVersion {
  /** The complete ARN of the secret, also if it was read by name. */
  readonly secretArn: string;
  readonly versionId: string;
  readonly value: SecretValue<string>;
}

/**
 * The calls to Secrets Manager that the steps need. All reads are eventually consistent: each may show an older state.
 * Every method throws a RotationError of kind `aws` when the call fails.
 */
export interface SecretsManager {
  /** Describes a secret; undefined if it does not exist (yet). */
  describe(secretArn: SecretArn): Promise<SecretDescription | undefined>;
  /**
   * Reads the version with the staging label. Undefined if there is none, if it has no value, or if it is not the version
   * `versionId`. @throws RotationError of kind `document` for a binary value
   */
  read(secretId: string, stage: string, versionId?: VersionId): Promise<SecretVersion | undefined>;
  /** Stores the value of the pending version. `exists`: the version already has a different value. */
  storePending(
    secretArn: SecretArn,
    versionId: VersionId,
    value: SecretValue<string>,
  ): Promise<"stored" | "exists">;
  /** Moves AWSCURRENT to another version. `notHolder`: `from` does not have the label, and nothing was moved. */
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

/** The version with AWSCURRENT. */
export function currentVersionOf(description: SecretDescription | undefined): string | undefined {
  return description && versionWithLabel(description.stages, AWSCURRENT);
}
