import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "./aws-problem.ts";
import type { AwsScope } from "./aws-scope.ts";

/**
 * What RotateSecret answered.
 *
 * - `accepted`: AWS has begun; the token is the id of the new version.
 * - `inProgress`: a rotation is not complete yet (this one or another): describe again.
 * - `problem`: refused or unanswered; an unanswered call may have been carried out.
 */
export type RotateOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "inProgress" }
  | { readonly kind: "problem"; readonly problem: AwsProblem };

/** Starts rotations. Never passes a rotation configuration and never cancels one. */
export interface Rotations {
  /** Calls RotateSecret once, without retries of its own: AWS promises nothing for a repeated token. */
  rotate(arn: SecretArn, scope: AwsScope, token: VersionId, signal: AbortSignal): Promise<RotateOutcome>;
}
