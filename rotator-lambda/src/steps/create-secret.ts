import { AWSPENDING } from "@rotated-secrets/contract/labels";
import type { Rotation, StepOutcome } from "./rotation.ts";
import type { SecretDescription } from "./secrets-manager.ts";
import { readCurrent } from "./versions.ts";

/**
 * Makes the new credential and stores it in the pending version. It does not change the database. A value that is already
 * stored stays, because a later step of an earlier run may have used it.
 */
export async function createSecret(rotation: Rotation, { tags }: SecretDescription): Promise<StepOutcome> {
  const { secrets, secretArn, versionId } = rotation;
  const current = await readCurrent(rotation);
  if ((await secrets.read(secretArn, AWSPENDING, versionId)) !== undefined) return "alreadyDone";
  const engine = await rotation.engineFor({ value: current.value, tags });
  const pending = await engine.create(current.value);
  const stored = await secrets.storePending(secretArn, versionId, pending);
  return stored === "stored" ? "done" : "alreadyDone";
}
