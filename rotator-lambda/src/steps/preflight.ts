import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { isSameFunction } from "../aws/function-arn.ts";
import { RotationError } from "../rotation-error.ts";
import { deletionOf } from "./deletion.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation } from "./rotation.ts";
import { hasStage, type SecretDescription } from "./secrets-manager.ts";

/**
 * The checks of AWS's rotation functions before every step, in their order and words: rotation is on, the version is known,
 * and it is pending or already current. Before that, no deletion is scheduled. This function also checks that the secret names it as its rotation function.
 * Otherwise anyone who may invoke it could make it change any secret that it can reach.
 * @returns the description that passed the checks
 * @throws RotationError of kind `state`
 */
export async function preflight(rotation: Rotation): Promise<SecretDescription> {
  const { secrets, secretArn, clock } = rotation;
  const description = await readUntil(
    clock,
    () => secrets.describe(secretArn),
    (seen) => seen !== undefined && objection(rotation, seen) === undefined,
  );
  if (description === undefined) {
    throw new RotationError("state", `There is no secret ${secretArn}. Check whether it was deleted.`);
  }
  const found = objection(rotation, description);
  if (found !== undefined) throw found;
  return description;
}

function objection(rotation: Rotation, description: SecretDescription): RotationError | undefined {
  const { secretArn, versionId } = rotation;
  const deletion = deletionOf(secretArn, description);
  if (deletion !== undefined) return deletion;
  if (!description.rotationEnabled) {
    return new RotationError(
      "state",
      `Secret ${secretArn} is not enabled for rotation. RotateSecret switches it on again, with its earlier schedule.`,
    );
  }
  if (!description.stages.has(versionId)) {
    return new RotationError(
      "state",
      `Secret version ${versionId} has no stage for rotation of secret ${secretArn}.`,
    );
  }
  if (!hasStage(description, versionId, AWSCURRENT) && !hasStage(description, versionId, AWSPENDING)) {
    return new RotationError(
      "state",
      `Secret version ${versionId} not set as AWSPENDING for rotation of secret ${secretArn}.`,
    );
  }
  return foreignness(rotation, description);
}

function foreignness(
  { secretArn, functionArn }: Rotation,
  { rotationFunction }: SecretDescription,
): RotationError | undefined {
  if (rotationFunction !== undefined && isSameFunction(rotationFunction, functionArn)) return undefined;
  return new RotationError(
    "state",
    `Secret ${secretArn} does not name this function as its rotation function: its RotationLambdaARN is ` +
      `${rotationFunction ?? "not set"}, but ${functionArn} was invoked. To use this function: \`aws secretsmanager ` +
      `rotate-secret --secret-id ${secretArn} --rotation-lambda-arn ${functionArn}\`, which also rotates at once.`,
  );
}
