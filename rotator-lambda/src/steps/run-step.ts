import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import type { RotationStep } from "@rotated-secrets/contract/rotation-event";
import { createSecret } from "./create-secret.ts";
import { finishSecret } from "./finish-secret.ts";
import { preflight } from "./preflight.ts";
import type { Rotation, Step, StepOutcome } from "./rotation.ts";
import { hasStage } from "./secrets-manager.ts";
import { setSecret } from "./set-secret.ts";
import { testSecret } from "./test-secret.ts";

const STEPS: Readonly<Record<RotationStep, Step>> = { createSecret, setSecret, testSecret, finishSecret };

/** Runs the preflight and one step. A rotation that has finished counts as done. @throws RotationError */
export async function runStep(step: RotationStep, rotation: Rotation): Promise<StepOutcome> {
  const description = await preflight(rotation);
  if (hasStage(description, rotation.versionId, AWSCURRENT)) return "alreadyDone";
  return await STEPS[step](rotation, description);
}
