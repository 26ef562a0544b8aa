import { AWSCURRENT, AWSPENDING, versionWithLabel } from "@rotated-secrets/contract/labels";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { SecretFacts } from "./secret-catalogue.ts";

/** The staging labels of a secret, by version. */
type Staged = Pick<SecretFacts, "stages">;

/** The version with this staging label; undefined if no version has it. AWS: a label is on one version at a time. */
export function versionWith({ stages }: Staged, label: string): VersionId | undefined {
  return versionWithLabel(stages, label);
}

/** The staging labels of this version. */
export function labelsOf({ stages }: Staged, version: VersionId): readonly string[] {
  return stages.get(version) ?? [];
}

/** The version with AWSCURRENT. */
export function currentVersion(secret: Staged): VersionId | undefined {
  return versionWith(secret, AWSCURRENT);
}

/** The version of a rotation under way: the one with AWSPENDING, unless an earlier rotation left that label on AWSCURRENT. */
export function pendingVersion(secret: Staged): VersionId | undefined {
  const pending = versionWith(secret, AWSPENDING);
  return pending === currentVersion(secret) ? undefined : pending;
}

/** Whether both have the same versions with the same labels, in any order. */
export function haveSameLabels(a: Staged, b: Staged): boolean {
  return (
    a.stages.size === b.stages.size &&
    [...a.stages].every(([version, labels]) => {
      const others = b.stages.get(version);
      return others?.length === labels.length && labels.every((label) => others.includes(label));
    })
  );
}
