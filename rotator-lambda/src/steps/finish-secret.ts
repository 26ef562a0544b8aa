import { RotationError } from "../rotation-error.ts";
import { preflight } from "./preflight.ts";
import { provePending } from "./prove-pending.ts";
import { readUntil } from "./read-until.ts";
import type { Rotation, StepOutcome } from "./rotation.ts";
import { currentVersionOf, type SecretDescription } from "./secrets-manager.ts";

/**
 * Moves AWSCURRENT to the new version; AWS then moves AWSPREVIOUS. AWSPENDING stays, because AWS removes it. AWS warns that
 * a rotation can look incomplete if the function removes it.
 *
 * Makes testSecret's login first: a caller of the function can run this step alone, and readers must never get a credential
 * that does not work.
 */
export async function finishSecret(rotation: Rotation, description: SecretDescription): Promise<StepOutcome> {
  if ((await provePending(rotation, description)) === "isCurrent") return "alreadyDone";
  return await moveCurrent(rotation);
}

async function moveCurrent(rotation: Rotation): Promise<StepOutcome> {
  const { secrets, secretArn, versionId, clock } = rotation;
  const attempt = async (): Promise<StepOutcome | undefined> => {
    const holder = currentVersionOf(await preflight(rotation));
    if (holder === versionId) return "alreadyDone";
    // Secrets Manager checks the holder against its own state, so an outdated description causes a refusal and no harm.
    if (holder === undefined || (await secrets.moveCurrent(secretArn, holder, versionId)) === "notHolder")
      return undefined;
    return "done";
  };
  const outcome = await readUntil(clock, attempt, (result) => result !== undefined);
  if (outcome !== undefined) return outcome;
  throw new RotationError(
    "state",
    `AWSCURRENT of secret ${secretArn} could not be moved to version ${versionId}: the version described as current does ` +
      "not have the label. If AWS's next try fails too, find out who moves it: `aws secretsmanager describe-secret`.",
  );
}
