import { AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { RotationError } from "../rotation-error.ts";
import { deletionOf } from "./deletion.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation, StepOutcome } from "./rotation.ts";
import { currentVersionOf, hasStage, type SecretDescription } from "./secrets-manager.ts";
import { readCurrent, readPending } from "./versions.ts";

const NO_OVERLAP =
  "This kind of credential cannot be valid twice. From now on the AWSCURRENT value is refused, and readers fail until " +
  "they have the new one.";

/** Makes the service accept the pending credential. With overlap, the current one still works. */
export async function setSecret(rotation: Rotation, { tags }: SecretDescription): Promise<StepOutcome> {
  const pending = await readPending(rotation);
  const current = await readCurrent(rotation);
  const engine = await rotation.engineFor({ value: current.value, tags });
  if (!engine.overlap(current.value)) rotation.warn(NO_OVERLAP);
  const result = await engine.set({
    secretArn: rotation.secretArn,
    versionId: rotation.versionId,
    current: current.value,
    pending: pending.value,
    previous: async () => (await rotation.secrets.read(rotation.secretArn, AWSPREVIOUS))?.value,
    lookAgain: () => assertStillWanted(rotation, current.versionId),
  });
  return result === "changed" ? "done" : "alreadyDone";
}

/**
 * A delayed run may wake up after another rotation has finished. It must not change the user that is now current.
 * @throws RotationError of kind `state`
 */
async function assertStillWanted(rotation: Rotation, currentVersionId: string): Promise<void> {
  const { secrets, secretArn, versionId, clock } = rotation;
  const isWanted = (seen: SecretDescription | undefined) =>
    deletionOf(secretArn, seen) === undefined &&
    currentVersionOf(seen) === currentVersionId &&
    hasStage(seen, versionId, AWSPENDING);
  const description = await readUntil(clock, () => secrets.describe(secretArn), isWanted);
  if (isWanted(description)) return;
  const deletion = deletionOf(secretArn, description);
  if (deletion !== undefined) throw deletion;
  throw new RotationError(
    "state",
    `While setSecret ran for version ${versionId} of secret ${secretArn}, the version stopped being AWSPENDING or ` +
      "AWSCURRENT moved. Nothing was changed in the database. No action is needed: a newer rotation has taken over.",
  );
}
