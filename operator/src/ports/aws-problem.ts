/**
 * Why AWS did not do what was asked, reduced to what may be shown: never a body, a header or a value.
 *
 * - `denied`: the identity may not do it, or may not be used; a person has to grant it.
 * - `unavailable`: no answer, a timeout, throttled or a fault of AWS; trying again later is right.
 * - `notFound`: there is no such secret or version.
 * - `invalid`: AWS refuses the request as it stands.
 */
export interface AwsProblem {
  readonly kind: "denied" | "unavailable" | "notFound" | "invalid";
  /** The API operation, e.g. `DescribeSecret`; on the way to a ServiceAccount's identity one of `IDENTITY_OPERATIONS`. */
  readonly operation: string;
  /** AWS's error code, e.g. `AccessDeniedException`, or the name of the network error, e.g. `ECONNREFUSED`. */
  readonly code: string;
  /** AWS's request id, where there was an answer. */
  readonly requestId?: string;
}

/** What is done before a call can be made in a ServiceAccount's name, in this order. */
export const IDENTITY_OPERATIONS = [
  "SecretAccessPolicy",
  "GetServiceAccount",
  "TokenRequest",
  "AssumeRoleWithWebIdentity",
] as const;
/** One of `IDENTITY_OPERATIONS`. */
export type IdentityOperation = (typeof IDENTITY_OPERATIONS)[number];

/**
 * The problem in one phrase for conditions and events: `DescribeSecret: AccessDeniedException`. The request id is for the
 * log: it differs at each try, and a status that changes with each try would never rest.
 */
export function describeProblem({ operation, code }: AwsProblem): string {
  return `${operation}: ${code}`;
}
