import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { isSameFunction } from "../aws/function-arn.ts";
import { RotationError } from "../rotation-error.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation } from "./rotation.ts";
import { hasStage, type SecretDescription } from "./secrets-manager.ts";

/**
 * What AWS's own rotation functions check before every step, in their order and words: rotation is on, the version is
 * known, and it is pending or current already. Then, which theirs don't: the secret is this function's to rotate, for whoever
 * may invoke it could else have it change any secret that it can reach. Returns the description that says so.
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
    throw new RotationError("state", `There is no secret ${secretArn}. Look whether it was deleted.`);
  }
  const found = objection(rotation, description);
  if (found !== undefined) throw found;
  return description;
}

function objection(rotation: Rotation, description: SecretDescription): RotationError | undefined {
  const { secretArn, versionId } = rotation;
  if (!description.rotationEnabled) {
    return new RotationError(
      "state",
      `Secret ${secretArn} is not enabled for rotation. RotateSecret switches it on again, with the schedule it had.`,
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
    `Secret ${secretArn} is not for this function to rotate: its RotationLambdaARN is ${rotationFunction ?? "not set"}, and ` +
      `what was invoked is ${functionArn}. Where it is to be this one: \`aws secretsmanager rotate-secret --secret-id ` +
      `${secretArn} --rotation-lambda-arn ${functionArn}\`, which also rotates at once.`,
  );
}
