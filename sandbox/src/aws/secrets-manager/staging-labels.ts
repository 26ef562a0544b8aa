import { AWSCURRENT, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { AwsError } from "../aws-error.ts";
import type { Secret, SecretVersion } from "./secret.ts";

// AWS: Secrets Manager user guide, "Quotas": staging labels attached across all versions of a secret.
const LABELS_PER_SECRET = 20;

/** The version that has the label. */
export function holderOf(secret: Secret, label: string): SecretVersion | undefined {
  return secret.versions.find((version) => version.stages.includes(label));
}

/** Removes a label from its version. AWSPREVIOUS stays in its place. */
export function removeLabel(secret: Secret, label: string): Secret {
  const versions = secret.versions.map((version) =>
    version.stages.includes(label)
      ? { ...version, stages: version.stages.filter((stage) => stage !== label) }
      : version,
  );
  return { ...secret, versions };
}

/**
 * Moves a label to a version. If AWSCURRENT moves, AWSPREVIOUS moves to the version that had it (recorded).
 * @throws LimitExceededException if the secret has too many labels
 */
export function moveLabel(secret: Secret, label: string, versionId: string): Secret {
  const from = holderOf(secret, label);
  if (from?.id === versionId) return secret;
  const moved = attach(removeLabel(secret, label), label, versionId);
  return label === AWSCURRENT && from !== undefined ? moveLabel(moved, AWSPREVIOUS, from.id) : moved;
}

function attach(secret: Secret, label: string, versionId: string): Secret {
  const labels = secret.versions.reduce((sum, version) => sum + version.stages.length, 0);
  // AWS: UpdateSecretVersionStage API reference names LimitExceededException for this; wording not confirmed by AWS.
  if (labels >= LABELS_PER_SECRET) {
    throw new AwsError(
      "LimitExceededException",
      `You can't attach more than ${LABELS_PER_SECRET} staging labels to the versions of a secret.`,
    );
  }
  const versions = secret.versions.map((version) =>
    version.id === versionId ? { ...version, stages: [...version.stages, label].sort() } : version,
  );
  return { ...secret, versions };
}
