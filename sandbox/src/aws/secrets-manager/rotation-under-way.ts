import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import type { Secret } from "./secret.ts";

/**
 * Whether a rotation is not complete. AWS: RotateSecret API reference: it is not complete while AWSPENDING and
 * AWSCURRENT are on different versions. On the same version AWSPENDING is only left over.
 */
export function rotationUnderWay(secret: Secret): boolean {
  return secret.versions.some(({ stages }) => stages.includes(AWSPENDING) && !stages.includes(AWSCURRENT));
}
