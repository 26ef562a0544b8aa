import { EMERGENCY_ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { MAX_REQUEST_TEXT } from "../../api/rotated-secret-status.ts";
import type { World } from "../world.ts";

/** Whether an emergency rotation is requested and not over. Until then, windows hold back no restart. */
export function isEmergency({ resource: { metadata, status } }: Pick<World, "resource">): boolean {
  const request = metadata.annotations?.[EMERGENCY_ROTATE_ANNOTATION] ?? "";
  const isUsable = request !== "" && request.length <= MAX_REQUEST_TEXT;
  return isUsable && request !== status.lastSettledEmergencyRequest;
}
