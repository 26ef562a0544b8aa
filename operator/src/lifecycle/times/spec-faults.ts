import type { TimedPart } from "../../api/rotated-secret.ts";
import { type Wait, waitForPerson } from "../step.ts";
import { REST_MS } from "../timing.ts";
import type { World } from "../world.ts";

/** Whether the operator cannot use one of these parts of the spec. */
export function hasFault({ spec }: Pick<World, "spec">, ...parts: readonly TimedPart[]): boolean {
  return spec.faults.some(({ part }) => parts.includes(part));
}

/** A part of the spec is not usable: nothing is started that it governs. The rest goes on. */
export function awaitCorrection({ spec, now }: World): Wait {
  const problems = spec.faults.flatMap((fault) => fault.problems).join("; ");
  const stops = spec.faults.some(({ part }) => part !== "rotation")
    ? "no rotation and no restart"
    : "no rotation";
  return waitForPerson(now + REST_MS, {
    reason: "InvalidSpec",
    message: `${problems}. Until this is corrected, the operator starts ${stops}; the Secret still receives new versions`,
  });
}
