import { markedForDeletion, secretNotFound } from "../aws-error.ts";
import type { Secret, Secrets } from "./secret.ts";

const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * The secret that `id` names: its name, its ARN, or its ARN without the random suffix.
 * Recorded: an incomplete ARN that itself ends like a suffix is taken for a complete one, and is not found.
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

/** @throws ResourceNotFoundException, or InvalidRequestException when the secret is marked for deletion. */
export function requireLiveSecret(secrets: Secrets, id: string): Secret {
  const secret = requireSecret(secrets, id);
  if (secret.deletedAt !== undefined) throw markedForDeletion();
  return secret;
}
