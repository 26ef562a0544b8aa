import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import type { Secret } from "./secret.ts";
import { holderOf } from "./staging-labels.ts";

/**
 * The function to call while the rotation to version `token` goes on: rotation is on, and the version has AWSPENDING or
 * AWSCURRENT. Undefined once the rotation is abandoned: PutSecretValue to AWSCURRENT by somebody else takes AWSPENDING
 * away, and CancelRotateSecret switches rotation off.
 */
export function rotationFunction(secret: Secret | undefined, token: string): string | undefined {
  if (secret?.rotation?.enabled !== true || secret.deletedAt !== undefined) return undefined;
  const goesOn = [AWSPENDING, AWSCURRENT].some((label) => holderOf(secret, label)?.id === token);
  return goesOn ? secret.rotation.lambdaArn : undefined;
}
