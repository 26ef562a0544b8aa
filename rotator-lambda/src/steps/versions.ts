import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { RotationError } from "../rotation-error.ts";
import { deletionOf } from "./deletion.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation } from "./rotation.ts";
import { currentVersionOf, type SecretVersion } from "./secrets-manager.ts";

/**
 * The current version, once description and value agree on it. A single outdated read could make the steps change the user
 * that applications are using. @throws RotationError of kind `state`
 */
export async function readCurrent({ secrets, secretArn, clock }: Rotation): Promise<SecretVersion> {
  const current = await readUntil(
    clock,
    async () => {
      const [description, version] = await Promise.all([
        secrets.describe(secretArn),
        secrets.read(secretArn, AWSCURRENT),
      ]);
      return version !== undefined && version.versionId === currentVersionOf(description)
        ? version
        : undefined;
    },
    (version) => version !== undefined,
  );
  if (current !== undefined) return current;
  throw new RotationError(
    "state",
    `Secret ${secretArn} has no AWSCURRENT value that matches its description. If the secret is new, store its first ` +
      "credential with PutSecretValue. Otherwise something else is moving AWSCURRENT; AWS will try the rotation again.",
  );
}

/** The pending version with its value. @throws RotationError of kind `state` when createSecret has not stored one */
export async function readPending(
  { secrets, secretArn, versionId, clock }: Rotation,
  patienceMs?: number,
): Promise<SecretVersion> {
  const pending = await readUntil(
    clock,
    () => secrets.read(secretArn, AWSPENDING, versionId),
    (version) => version !== undefined,
    patienceMs,
  );
  if (pending !== undefined) return pending;
  // A scheduled deletion hides values with the same answer.
  const deletion = deletionOf(secretArn, await secrets.describe(secretArn));
  if (deletion !== undefined) throw deletion;
  throw new RotationError(
    "state",
    `Version ${versionId} of secret ${secretArn} has no value yet: createSecret has not stored one. AWS will try the ` +
      "rotation again from its first step.",
  );
}
