import { provePending } from "./prove-pending.ts";
import type { Rotation, StepOutcome } from "./rotation.ts";
import type { SecretDescription } from "./secrets-manager.ts";

/** Proves that the pending credential works. */
export async function testSecret(rotation: Rotation, description: SecretDescription): Promise<StepOutcome> {
  return (await provePending(rotation, description)) === "proven" ? "done" : "alreadyDone";
}
