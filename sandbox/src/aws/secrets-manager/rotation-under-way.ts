import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import type { Secret } from "./secret.ts";

/**
 * AWS: RotateSecret API reference: AWSPENDING on another version than AWSCURRENT is a rotation that is not complete.
 * On the same version it is only a remainder.
 */
export function rotationUnderWay(secret: Secret): boolean {
  return secret.versions.some(({ stages }) => stages.includes(AWSPENDING) && !stages.includes(AWSCURRENT));
}
