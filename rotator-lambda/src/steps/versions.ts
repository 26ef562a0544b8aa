import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { RotationError } from "../rotation-error.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation } from "./rotation.ts";
import { currentVersionOf, type SecretVersion } from "./secrets-manager.ts";

/**
 * The current version, once description and value agree on which that is: a lagging read alone could make the steps take
 * the user that everybody is logged in as for the one that is free. @throws RotationError of kind `state`
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
    `Secret ${secretArn} has no AWSCURRENT value that its description agrees with. Store the first credential with ` +
      "PutSecretValue; if there is one, AWSCURRENT is being moved by somebody else, and AWS will try the rotation again.",
  );
}

/** The pending version with the value that createSecret stored. @throws RotationError of kind `state` when it has none */
export async function readPending({
  secrets,
  secretArn,
  versionId,
  clock,
}: Rotation): Promise<SecretVersion> {
  const pending = await readUntil(
    clock,
    () => secrets.read(secretArn, AWSPENDING, versionId),
    (version) => version !== undefined,
  );
  if (pending !== undefined) return pending;
  throw new RotationError(
    "state",
    `Version ${versionId} of secret ${secretArn} has no value yet: createSecret has not stored one. AWS will try the ` +
      "rotation again from its first step.",
  );
}
