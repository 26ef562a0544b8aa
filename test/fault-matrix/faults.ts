import { type CallFault, type CallInjection, cut, delay } from "@rotated-secrets/sandbox/proxy/fault";
import {
  internalError,
  internalServiceError,
  throttled,
  tooManyRequests,
} from "@rotated-secrets/sandbox/proxy/wrong-answers";

/** The columns of the matrix. */
export const FAULTS = ["killed before", "killed after", "429", "500", "timed out", "cut after"] as const;
export type Fault = (typeof FAULTS)[number];

/** Just over the operator's own: 15 s for the API server, 5 s for one try at AWS. */
const PAST_TIMEOUT_MS = { api: 16_000, aws: 6_000 };
/** Attempts of the SDK for a read before the operator sees the error. */
const SDK_TRIES = 3;

/**
 * How a fault comes over a call of this kind. One that times out is done all the same, a second after the operator has
 * given it up. AWS refuses until the SDK has used all its attempts.
 * @param kill ends the operator
 */
export function injectionOf(
  fault: Fault,
  kind: string,
  kill: CallFault,
): Pick<CallInjection, "when" | "times" | "fault"> {
  const isAws = kind.startsWith("AWS ");
  const times = isAws && kind !== "AWS RotateSecret" ? SDK_TRIES : 1;
  switch (fault) {
    case "killed before":
      return { when: "before", fault: kill };
    case "killed after":
      return { when: "after", fault: kill };
    case "429":
      return { when: "before", times, fault: isAws ? throttled : tooManyRequests() };
    case "500":
      return { when: "before", times, fault: isAws ? internalServiceError : internalError };
    case "timed out":
      return { when: "before", fault: delay(isAws ? PAST_TIMEOUT_MS.aws : PAST_TIMEOUT_MS.api) };
    case "cut after":
      return { when: "after", fault: cut };
  }
}
