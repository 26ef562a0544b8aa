import { invalidParameter, invalidRequest, markedForDeletion, secretNotFound } from "../aws-error.ts";
import type { Secret, Secrets } from "./secret.ts";

const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * The secret with this name, this ARN, or this ARN without the random suffix.
 * Recorded: an incomplete ARN whose name ends like a suffix counts as complete, and is not found.
 */
export function findSecret(secrets: Secrets, id: string): Secret | undefined {
  if (id.startsWith("arn:") && RANDOM_SUFFIX.test(id)) return secrets.get(id);
  for (const secret of secrets.values()) {
    if (secret.name === id || secret.arn.replace(RANDOM_SUFFIX, "") === id) return secret;
  }
  return undefined;
}

/** @throws ResourceNotFoundException */
export function requireSecret(secrets: Secrets, id: string): Secret {
  const secret = findSecret(secrets, id);
  if (secret === undefined) throw secretNotFound();
  return secret;
}

/** @throws ResourceNotFoundException, or InvalidRequestException if the secret is marked for deletion */
export function requireLiveSecret(secrets: Secrets, id: string): Secret {
  const secret = requireSecret(secrets, id);
  if (secret.deletedAt !== undefined) throw markedForDeletion();
  return secret;
}

/**
 * For operations that change a secret.
 * @throws as requireLiveSecret and refuseReplica
 */
export function requireWritableSecret(secrets: Secrets, id: string): Secret {
  const secret = requireLiveSecret(secrets, id);
  refuseReplica(secret);
  return secret;
}

/**
 * For operations that change a value.
 * AWS: UpdateSecret and DeleteSecret API references, Errors; not recorded, wording not confirmed by AWS.
 * @throws as requireWritableSecret, and InvalidRequestException if another service manages the secret
 */
export function requireUnmanagedSecret(secrets: Secrets, id: string): Secret {
  const secret = requireWritableSecret(secrets, id);
  if (secret.owningService === undefined) return secret;
  throw invalidRequest(
    "The secret is managed by another service, and you must use that service to update it.",
  );
}

/**
 * AWS: user guide, "Replicate secrets across Regions": a replica is changed through its original. The wording comes
 * from moto and from users' reports; AWS does not confirm it.
 * @throws InvalidParameterException
 */
export function refuseReplica(secret: Secret): void {
  if (secret.primaryRegion === undefined) return;
  throw invalidParameter(
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );
}
