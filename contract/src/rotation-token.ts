import { createHash } from "node:crypto";
import { parseVersionId, type SecretArn, type VersionId } from "./version-id.ts";

/** Namespace of all tokens of rotated-secrets. Never changes: two releases that want the same rotation must rotate once. */
export const ROTATION_NAMESPACE = "6c35b2b1-8c8d-4b0e-9d0a-3f1f2d5c7a94";

/**
 * Token of the rotation that a schedule starts at `tick`, an RFC 3339 time. Resources with the same schedule for the same
 * secret get the same token. The notation of the time does not matter. @throws RangeError when `tick` is not a time
 */
export function scheduleToken(arn: SecretArn, tick: string): VersionId {
  return token(`schedule|${arn}|${canonicalTime(tick)}`);
}

/**
 * Token of the rotation that starts because the version `current` is too old. A failed attempt uses its token up, so each
 * further attempt has a number, from 1.
 */
export function maxAgeToken(arn: SecretArn, current: VersionId, attempt = 0): VersionId {
  return token(`max-age|${arn}|${current}${attempt === 0 ? "" : `|${attempt}`}`);
}

/** Token of the rotation that the resource with `resourceUid` requests by the text of its rotate annotation. */
export function requestToken(arn: SecretArn, resourceUid: string, text: string): VersionId {
  return token(`request|${arn}|${resourceUid}|${text}`);
}

/** Token of the rotation that the resource with `resourceUid` requests by the text of its emergency annotation. */
export function emergencyToken(arn: SecretArn, resourceUid: string, text: string): VersionId {
  return token(`emergency|${arn}|${resourceUid}|${text}`);
}

/** Name-based UUID, version 5, in lower case. RFC 9562, section 5.5. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name, "utf8")
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

function token(name: string): VersionId {
  return parseVersionId(uuidV5(ROTATION_NAMESPACE, name));
}

function canonicalTime(tick: string): string {
  return new Date(tick).toISOString().replace(".000Z", "Z");
}
