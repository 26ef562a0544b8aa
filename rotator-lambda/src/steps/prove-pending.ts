import { READ_LAG_MS } from "./read-until.ts";
import type { Rotation } from "./rotation.ts";
import type { SecretDescription } from "./secrets-manager.ts";
import { readCurrent, readPending } from "./versions.ts";

/**
 * How long testSecret and finishSecret wait for a value that setSecret has already seen, in ms. AWS's test of the function
 * (RotateImmediately=false) calls testSecret on a version that never gets a value. Until testSecret ends, AWS refuses every
 * rotation of the secret.
 */
const SEEN_BEFORE_MS = 1_000;

/**
 * Checks that the pending value may follow the current one, and that its credential works in the way in which readers will use
 * it. `isCurrent`: the pending version is current already, so there is nothing to prove.
 * @throws RotationError
 */
export async function provePending(
  rotation: Rotation,
  { tags }: SecretDescription,
): Promise<"proven" | "isCurrent"> {
  const current = await readCurrent(rotation);
  if (current.versionId === rotation.versionId) return "isCurrent";
  const engine = await rotation.engineFor({ value: current.value, tags });
  // Without overlap, readers fail until finishSecret. A wait is better for them than AWS's next try.
  const patienceMs = engine.overlap(current.value) ? SEEN_BEFORE_MS : READ_LAG_MS;
  const pending = await readPending(rotation, patienceMs);
  engine.check({ current: current.value, pending: pending.value });
  await engine.test(pending.value);
  return "proven";
}
