/**
 * The reason why a call of AWS failed, without bodies, headers and values, so that it may be shown.
 *
 * - `denied`: the identity may not make the call, or may not be used. A person has to allow it.
 * - `unavailable`: no answer, a timeout, throttling or a fault of AWS. A later call may succeed.
 * - `notFound`: the secret or the version does not exist.
 * - `invalid`: AWS refuses this request, and would refuse it again.
 */
export interface AwsProblem {
  readonly kind: "denied" | "unavailable" | "notFound" | "invalid";
  /** The API operation, such as `DescribeSecret`, or one of `IDENTITY_OPERATIONS`. */
  readonly operation: string;
  /** AWS's error code, such as `AccessDeniedException`, or the code of a network error, such as `ECONNREFUSED`. */
  readonly code: string;
  /** AWS's request id, if AWS answered. */
  readonly requestId?: string;
}

/** The steps before a call in a ServiceAccount's name, in their order. */
export const IDENTITY_OPERATIONS = [
  "SecretAccessPolicy",
  "GetServiceAccount",
  "TokenRequest",
  "AssumeRoleWithWebIdentity",
] as const;
/** One of `IDENTITY_OPERATIONS`. */
export type IdentityOperation = (typeof IDENTITY_OPERATIONS)[number];

/**
 * The problem for conditions and events: `DescribeSecret: AccessDeniedException`. Without the request id, which belongs in
 * the log: it is different in each call, and would change the status each time.
 */
export function describeProblem({ operation, code }: AwsProblem): string {
  return `${operation}: ${code}`;
}
