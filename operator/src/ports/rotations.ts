import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "./aws-problem.ts";
import type { AwsScope } from "./aws-scope.ts";

/**
 * The outcome of RotateSecret.
 *
 * - `accepted`: the rotation has started. The token is the id of the new version.
 * - `inProgress`: a rotation, this one or another one, is not complete yet. Describe the secret again.
 * - `problem`: refused or not answered. A call that was not answered may have started a rotation.
 */
export type RotateOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "inProgress" }
  | { readonly kind: "problem"; readonly problem: AwsProblem };

/** Starts rotations. Never sends a rotation configuration, and never cancels a rotation. */
export interface Rotations {
  /** Calls RotateSecret once, without retries: AWS does not document what a repeated token does. */
  rotate(arn: SecretArn, scope: AwsScope, token: VersionId, signal: AbortSignal): Promise<RotateOutcome>;
}
