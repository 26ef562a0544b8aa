import type { Rotation, StepOutcome } from "./rotation.ts";
import { readPending } from "./versions.ts";

/** Proves that the pending credential works, in the way that its readers will use it. */
export async function testSecret(rotation: Rotation): Promise<StepOutcome> {
  const pending = await readPending(rotation);
  const engine = await rotation.engineFor(pending.value);
  await engine.test(pending.value);
  return "done";
}
