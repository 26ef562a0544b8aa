import type { SecretArn } from "@rotated-secrets/contract/version-id";
import { RotationError } from "../rotation-error.ts";
import type { SecretDescription } from "./secrets-manager.ts";

/** AWS lets a rotation go on while the deletion of its secret is scheduled, but answers no call for values. */
export function deletionOf(
  secretArn: SecretArn,
  description: SecretDescription | undefined,
): RotationError | undefined {
  const date = description?.deletedAt;
  if (date === undefined) return undefined;
  return new RotationError(
    "state",
    `Secret ${secretArn} is scheduled for deletion on ${date.toISOString().slice(0, 10)}, so its values cannot be read or ` +
      "stored. This step changed nothing. To keep the secret: `aws secretsmanager restore-secret`; AWS then tries the rotation " +
      "again, or rotate it yourself. Otherwise no action is needed.",
  );
}
