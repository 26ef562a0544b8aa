import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { currentVersion, labelsOf, versionWith } from "../../ports/staging-labels.ts";
import { lastCallAt, visibleFrom } from "../intents/intent.ts";
import { currentSince, maxAgeReachedAt } from "../times/schedule.ts";
import type { World } from "../world.ts";

/**
 * How a rotation under way has ended; undefined while it has not, or while that cannot be told. `Vanished` is one that
 * AWS knows nothing of and that nobody waits for any more: a trial of somebody else's, as RotateSecret makes with
 * RotateImmediately=false, or a wish that was withdrawn or overtaken before AWS took it up. `Unknown` is one that AWS
 * has gone on from, twice at least: it does not keep whether the version was ever current.
 */
export function outcomeOf(
  world: World,
  underway: RotationStatus,
): "Succeeded" | "Failed" | "Superseded" | "Vanished" | "Unknown" | undefined {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const token = parseVersionId(underway.token);
  if (currentVersion(secret) === token) return "Succeeded";
  const labels = labelsOf(secret, token);
  // AWS may take up again what is pending, even a version that was current before and was left.
  if (labels.includes(AWSPENDING)) return undefined;
  if (labels.includes(AWSPREVIOUS)) return "Succeeded";
  if (world.now < visibleFrom(underway, world.operatorStartedAt)) return undefined;
  const wasMade = knownToAws(world, token);
  if (wasMade === undefined) return undefined;
  if (wasMade) return isLeftBehind(world, secret, token) ? "Unknown" : "Failed";
  if (underway.trigger === "External" || isWithdrawn(world, underway)) return "Vanished";
  return isFulfilledByNewer(world, secret, underway) ? "Superseded" : undefined;
}

/** Whether a version has become current that is newer than the one which the rotation was to replace. By AWS's clock alone. */
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

/** Whether AWSPREVIOUS, which follows where AWSCURRENT was, has gone to a version that was made after this one. */
function isLeftBehind({ versionCreatedAt }: World, secret: SecretFacts, token: VersionId): boolean {
  const previous = versionWith(secret, AWSPREVIOUS);
  const versions = known(versionCreatedAt);
  if (previous === undefined || versions === undefined || "problem" in versions) return false;
  return (versions.get(previous) ?? 0) > (versions.get(token) ?? Infinity);
}

/** Whether what asked for the rotation does not ask for it any more, or a version has become current since it was due. */
export function isWithdrawn(world: World, { trigger, tick, request }: RotationStatus): boolean {
  switch (trigger) {
    case "External":
      return false;
    case "Request":
      return world.resource.metadata.annotations?.[ROTATE_ANNOTATION] !== request;
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
 * Whether AWS has a version with this id, deprecated ones included; undefined where it did not tell in this pass. What
 * was read before says nothing of a version that is missing in it.
 */
export function knownToAws(world: World, token: VersionId): boolean | undefined {
  const { source, versionCreatedAt } = world;
  if (source.kind !== "live" || source.value.problem !== undefined) return undefined;
  if (versionCreatedAt.kind !== "live" || "problem" in versionCreatedAt.value) return undefined;
  return versionCreatedAt.value.has(token) || (source.value.secret?.stages.has(token) ?? false);
}

/** When a rotation under way counts as late, by the last time that AWS was asked for it. */
export function rotationDeadline({ spec }: Pick<World, "spec">, underway: RotationStatus): Instant {
  return lastCallAt(underway) + spec.rotationTimeoutMs;
}
