import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { AwsError } from "../aws-error.ts";
import { type Secret, type SecretValue, type SecretVersion, sameValue, withVersion } from "./secret.ts";
import { moveLabel, removeLabel } from "./staging-labels.ts";

// AWS: PutSecretValue API reference: outdated versions go when there are more than 100, none younger than 24 hours.
const VERSIONS_KEPT = 100;
const DAY_MS = 86_400_000;

/** A version to be: PutSecretValue's and UpdateSecret's common part. */
export interface NewVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The secret with one more version, or with its empty AWSPENDING version filled; the same object if all is there already.
 * @throws ResourceExistsException when the id stands for another value.
 */
export function putVersion(secret: Secret, { id, value, stages, now }: NewVersion): Secret {
  const existing = secret.versions.find((version) => version.id === id);
  if (existing?.value !== undefined) {
    if (sameValue(existing.value, value)) return secret;
    // AWS: PutSecretValue API reference, ClientRequestToken; no recording, wording not confirmed by AWS.
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const filled =
    existing === undefined ? addVersion(secret, id, now, value) : withVersion(secret, { ...existing, value });
  // AWS: PutSecretValue API reference: the first version of a secret gets AWSCURRENT in any case.
  const wanted = new Set(secret.versions.length === 0 ? [AWSCURRENT, ...stages] : stages);
  const labelled = [...wanted].reduce((next, stage) => moveLabel(next, stage, id), filled);
  const abandons = wanted.has(AWSCURRENT) && !wanted.has(AWSPENDING);
  // Recorded: a value put to AWSCURRENT takes AWSPENDING off whatever version had it. That abandons a rotation.
  return dropOutdated(
    { ...(abandons ? removeLabel(labelled, AWSPENDING) : labelled), lastChangedAt: now },
    now,
  );
}

/** The secret with a new version that has no label, and no value where none is given. */
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
