import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { AwsError } from "../aws-error.ts";
import { type Secret, type SecretValue, type SecretVersion, sameValue, withVersion } from "./secret.ts";
import { moveLabel, removeLabel } from "./staging-labels.ts";

// AWS: PutSecretValue API reference: if there are more than 100 versions, outdated ones are removed, but none younger
// than 24 hours.
const VERSIONS_KEPT = 100;
const DAY_MS = 86_400_000;

/** A version to add: the common part of PutSecretValue and UpdateSecret. */
export interface NewVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Returns the secret with one more version, or with a value in its empty AWSPENDING version. Returns the same object if
 * nothing changes.
 * @throws ResourceExistsException if the version has another value
 */
export function putVersion(secret: Secret, { id, value, stages, now }: NewVersion): Secret {
  const existing = secret.versions.find((version) => version.id === id);
  if (existing?.value !== undefined) {
    if (sameValue(existing.value, value)) return secret;
    // AWS: PutSecretValue API reference, ClientRequestToken; not recorded, wording not confirmed by AWS.
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const filled =
    existing === undefined ? addVersion(secret, id, now, value) : withVersion(secret, { ...existing, value });
  // AWS: PutSecretValue API reference: the first version of a secret always gets AWSCURRENT.
  const wanted = new Set(secret.versions.length === 0 ? [AWSCURRENT, ...stages] : stages);
  const labelled = [...wanted].reduce((next, stage) => moveLabel(next, stage, id), filled);
  const abandons = wanted.has(AWSCURRENT) && !wanted.has(AWSPENDING);
  // Recorded: putting a value to AWSCURRENT removes AWSPENDING from its version, which abandons a rotation.
  return dropOutdated(
    { ...(abandons ? removeLabel(labelled, AWSPENDING) : labelled), lastChangedAt: now },
    now,
  );
}

/** Returns the secret with a new version without labels, and without a value if none is given. */
export function addVersion(secret: Secret, id: string, now: number, value?: SecretValue): Secret {
  const version: SecretVersion = { id, createdAt: now, lastAccessedAt: undefined, value, stages: [] };
  return { ...secret, versions: [...secret.versions, version] };
}

function dropOutdated(secret: Secret, now: number): Secret {
  let surplus = secret.versions.length - VERSIONS_KEPT;
  const versions = secret.versions.filter((version) => {
    const outdated = version.stages.length === 0 && version.createdAt < now - DAY_MS;
    return !(outdated && surplus-- > 0);
  });
  return { ...secret, versions };
}
