import type { Rotation, StepOutcome } from "./rotation.ts";
import type { SecretDescription } from "./secrets-manager.ts";
import { readPending } from "./versions.ts";

/** Proves that the pending credential works in the way in which readers will use it. */
export async function testSecret(rotation: Rotation, { tags }: SecretDescription): Promise<StepOutcome> {
  const pending = await readPending(rotation);
  const engine = await rotation.engineFor({ value: pending.value, tags });
  await engine.test(pending.value);
  return "done";
}
