import { RotationError } from "../rotation-error.ts";
import { preflight } from "./preflight.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation, StepOutcome } from "./rotation.ts";
import { currentVersionOf } from "./secrets-manager.ts";

/**
 * Moves AWSCURRENT to the new version, and AWS moves AWSPREVIOUS after it. AWSPENDING stays where it is: AWS removes it,
 * and says that doing so by a call of one's own can look like a rotation that is not complete.
 */
export async function finishSecret(rotation: Rotation): Promise<StepOutcome> {
  const { secrets, secretArn, versionId, clock } = rotation;
  const attempt = async (): Promise<StepOutcome | undefined> => {
    const holder = currentVersionOf(await preflight(rotation));
    if (holder === versionId) return "alreadyDone";
    // The service compares the holder with its own truth, so a lagging description can only fail, not do harm.
    if (holder === undefined || (await secrets.moveCurrent(secretArn, holder, versionId)) === "notHolder")
      return undefined;
    return "done";
  };
  const outcome = await readUntil(clock, attempt, (result) => result !== undefined);
  if (outcome !== undefined) return outcome;
  throw new RotationError(
    "state",
    `AWSCURRENT of secret ${secretArn} could not be moved to version ${versionId}: the version that is described as ` +
      "current does not have the label. If AWS's next try fails too, look who moves it: `aws secretsmanager describe-secret`.",
  );
}
