import { nextRotationAt } from "./rotation-schedule.ts";
import type { Secret, SecretVersion } from "./secret.ts";

/** Times in AWS's JSON 1.1 are seconds since 1970. */
export function seconds(milliseconds: number): number;
export function seconds(milliseconds: number | undefined): number | undefined;
export function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

/** The fields of GetSecretValue's answer. BatchGetSecretValue has them for each secret. */
export function valueFields(secret: Secret, version: SecretVersion): Readonly<Record<string, unknown>> {
  const { value } = version;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: value?.kind === "string" ? value.text : undefined,
    SecretBinary: value?.kind === "binary" ? value.base64 : undefined,
    VersionStages: version.stages,
    CreatedDate: seconds(version.createdAt),
  };
}

/** The labels of each labelled version; undefined for a secret that never had a version (recorded). */
export function stagesByVersion(secret: Secret): Readonly<Record<string, readonly string[]>> | undefined {
  const labelled = secret.versions.filter((version) => version.stages.length > 0);
  return labelled.length === 0
    ? undefined
    : Object.fromEntries(labelled.map((version) => [version.id, version.stages]));
}

/**
 * The fields that DescribeSecret and ListSecrets have in common. The fields of rotation exist only if it was ever
 * configured (recorded).
 */
export function metadataFields(secret: Secret): Readonly<Record<string, unknown>> {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: secret.rotation?.enabled,
    RotationLambdaARN: secret.rotation?.lambdaArn,
    RotationRules: secret.rotation?.rules,
    // AWS: DescribeSecret API reference: null if rotation is not configured or is disabled.
    LastRotatedDate: secret.rotation?.enabled === true ? seconds(secret.lastRotatedAt) : undefined,
    LastChangedDate: seconds(secret.lastChangedAt),
    LastAccessedDate: seconds(secret.lastAccessedAt),
    DeletedDate: seconds(secret.deletedAt),
    NextRotationDate: seconds(nextRotationAt(secret)),
    Tags: secret.tags,
    CreatedDate: seconds(secret.createdAt),
    OwningService: secret.owningService,
    PrimaryRegion: secret.primaryRegion ?? (secret.replicas && regionOf(secret)),
    ReplicationStatus: secret.replicas?.map((replica) => ({ ...replica, Status: "InSync" })),
  };
}

function regionOf({ arn }: Secret): string | undefined {
  return arn.split(":")[3];
}
