import { type Phase, waitForPerson } from "../step.ts";
import { REST_MS } from "../times/timing.ts";

/** `spec.suspend`: nothing is rotated, written or restarted. */
export const suspension: Phase = ({ spec, now }) => {
  if (!spec.suspended) return undefined;
  return {
    ...waitForPerson(now + REST_MS, {
      phase: "access",
      reason: "Suspended",
      message: "spec.suspend is true: nothing is rotated, written or restarted until it is set to false",
    }),
    alarm: "quiet",
  };
};
