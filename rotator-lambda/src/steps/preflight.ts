import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { RotationError } from "../rotation-error.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation } from "./rotation.ts";
import { hasStage, type SecretDescription } from "./secrets-manager.ts";

/**
 * What AWS's own rotation functions check before every step, in their order and words: rotation is on, the version is
 * known, and it is pending or current already. Returns the description that says so. @throws RotationError of kind `state`
 */
export async function preflight(rotation: Rotation): Promise<SecretDescription> {
  const { secrets, secretArn, clock } = rotation;
  const description = await readUntil(
    clock,
    () => secrets.describe(secretArn),
    (seen) => seen !== undefined && objection(rotation, seen) === undefined,
  );
  if (description === undefined) {
    throw new RotationError("state", `There is no secret ${secretArn}. Look whether it was deleted.`);
  }
  const found = objection(rotation, description);
  if (found !== undefined) throw new RotationError("state", found);
  return description;
}

function objection({ secretArn, versionId }: Rotation, description: SecretDescription): string | undefined {
  if (!description.rotationEnabled) {
    return `Secret ${secretArn} is not enabled for rotation. RotateSecret switches it on again, with the schedule it had.`;
  }
  if (!description.stages.has(versionId)) {
    return `Secret version ${versionId} has no stage for rotation of secret ${secretArn}.`;
  }
  if (hasStage(description, versionId, AWSCURRENT) || hasStage(description, versionId, AWSPENDING))
    return undefined;
  return `Secret version ${versionId} not set as AWSPENDING for rotation of secret ${secretArn}.`;
}
