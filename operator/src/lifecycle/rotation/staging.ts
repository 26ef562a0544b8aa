import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";

/** The version that carries the staging label; undefined where none does. */
export function versionWith(secret: SecretFacts, label: string): VersionId | undefined {
  for (const [versionId, labels] of secret.stages) if (labels.includes(label)) return versionId;
  return undefined;
}

/** The staging labels on this version. */
export function labelsOf(secret: SecretFacts, version: VersionId): readonly string[] {
  return secret.stages.get(version) ?? [];
}

/** The version that AWS calls current. */
export function currentVersion(secret: SecretFacts): VersionId | undefined {
  return versionWith(secret, AWSCURRENT);
}

/** The version of a rotation under way: AWSPENDING, where it is not what is left behind on the current version. */
export function pendingVersion(secret: SecretFacts): VersionId | undefined {
  const pending = versionWith(secret, AWSPENDING);
  return pending === currentVersion(secret) ? undefined : pending;
}
