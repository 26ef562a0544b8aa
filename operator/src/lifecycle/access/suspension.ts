import { type Phase, type Step, waitForPerson } from "../step.ts";
import { REST_MS } from "../timing.ts";
import type { World } from "../world.ts";

/** `spec.suspend`: nothing is rotated, written or restarted. */
export const suspension: Phase = { name: "suspension", decide: next };

function next({ spec, now }: World): Step | undefined {
  if (!spec.suspended) return undefined;
  return {
    ...waitForPerson(now + REST_MS, {
      reason: "Suspended",
      message: "spec.suspend is true: nothing is rotated, written or restarted until it is set to false",
    }),
    alarm: "quiet",
  };
}
