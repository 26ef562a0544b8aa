import { AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { currentVersion, labelsOf, versionWith } from "../../ports/staging-labels.ts";
import { lastCallAt, visibleFrom } from "../intents/intent.ts";
import { currentSince, maxAgeReachedAt } from "../times/schedule.ts";
import type { World } from "../world.ts";
import { requestedText } from "./requests.ts";

/**
 * The end of the rotation in status; undefined while it has not ended, or while its end is not known.
 *
 * - `Vanished`: AWS does not know the version, and the rotation is not wanted any more. It was a test of the rotation function
 *   (RotateSecret with RotateImmediately=false), or it was withdrawn or overtaken before AWS started it.
 * - `WentBack`: the version was current, and AWSCURRENT is on the version again that it replaced.
 * - `Superseded`: AWS does not know the version, and a newer version became current meanwhile.
 * - `Unknown`: AWSCURRENT has moved at least twice since. AWS does not record whether this version was ever current.
 */
export function outcomeOf(
  world: World,
  underway: RotationStatus,
): "Succeeded" | "WentBack" | "Failed" | "Superseded" | "Vanished" | "Unknown" | undefined {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const token = parseVersionId(underway.token);
  if (currentVersion(secret) === token) return "Succeeded";
  const labels = labelsOf(secret, token);
  // AWS may continue with a pending version, even with one that was current before.
  if (labels.includes(AWSPENDING)) return undefined;
  if (labels.includes(AWSPREVIOUS))
    return currentVersion(secret) === underway.replaces ? "WentBack" : "Succeeded";
  if (world.now < visibleFrom(underway, world.operatorStartedAt)) return undefined;
  const isKnown = knownToAws(world, token);
  if (isKnown === undefined) return undefined;
  if (isKnown || wasStarted(underway)) return isLeftBehind(world, secret, token) ? "Unknown" : "Failed";
  if (underway.trigger === "External" || isWithdrawn(world, underway)) return "Vanished";
  return isFulfilledByNewer(world, secret, underway) ? "Superseded" : undefined;
}

/**
 * Whether AWS has started this rotation of ours. If it is given up before createSecret has stored a value, AWS lists its
 * version no more. A rotation of others with this end was a test of the rotation function.
 */
function wasStarted({ trigger, acceptedAt }: RotationStatus): boolean {
  return trigger !== "External" && acceptedAt !== undefined;
}

/** Whether a version became current that is newer than the version to replace. Only times of AWS are compared. */
function isFulfilledByNewer(
  { versionCreatedAt }: World,
  secret: SecretFacts,
  { replaces }: RotationStatus,
): boolean {
  const current = currentVersion(secret);
  const versions = known(versionCreatedAt);
  if (replaces === undefined || current === undefined || versions === undefined || "problem" in versions)
    return false;
  return (versions.get(current) ?? 0) > (versions.get(parseVersionId(replaces)) ?? Infinity);
}

/** Whether AWSPREVIOUS has moved to a version that was created after this one. */
function isLeftBehind({ versionCreatedAt }: World, secret: SecretFacts, token: VersionId): boolean {
  const previous = versionWith(secret, AWSPREVIOUS);
  const versions = known(versionCreatedAt);
  if (previous === undefined || versions === undefined || "problem" in versions) return false;
  return (versions.get(previous) ?? 0) > (versions.get(token) ?? Infinity);
}

/** Whether the cause of the rotation has gone, or a version has become current since it was due. */
export function isWithdrawn(world: World, { trigger, tick, request }: RotationStatus): boolean {
  switch (trigger) {
    case "External":
      return false;
    case "Request":
    case "Emergency":
      return requestedText(world, trigger) !== request;
    case "MaxAge": {
      const reachedAt = maxAgeReachedAt(world);
      return world.spec.maxAgeMs === undefined || (reachedAt !== undefined && reachedAt > world.now);
    }
    case "Schedule": {
      const since = currentSince(world);
      const isOvertaken = since !== undefined && tick !== undefined && since >= Date.parse(tick);
      return world.spec.trigger.kind !== "Schedule" || isOvertaken;
    }
  }
}

/**
 * Whether AWS has a version with this id that has a label or a value; undefined if the versions were not read in this pass: an
 * older read cannot show that a version is missing.
 */
export function knownToAws(world: World, token: VersionId): boolean | undefined {
  const { source, versionCreatedAt } = world;
  if (source.kind !== "live" || source.value.problem !== undefined) return undefined;
  if (versionCreatedAt.kind !== "live" || "problem" in versionCreatedAt.value) return undefined;
  return versionCreatedAt.value.has(token) || (source.value.secret?.stages.has(token) ?? false);
}

/** When the rotation counts as late, counted from the last call of RotateSecret. */
export function rotationDeadline({ spec }: Pick<World, "spec">, underway: RotationStatus): Instant {
  return lastCallAt(underway) + spec.rotationTimeoutMs;
}
