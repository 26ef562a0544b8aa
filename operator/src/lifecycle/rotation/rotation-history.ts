import type { PastRotation, RotationStatus } from "../../api/rotated-secret.ts";
import { MAX_HISTORY } from "../../api/rotated-secret-status.ts";
import { known } from "../../ports/fact.ts";
import { currentVersion, pendingVersion } from "../../ports/staging-labels.ts";
import type { Finding, PhaseWait } from "../step.ts";
import type { World } from "../world.ts";
import { outcomeOf } from "./rotation-outcome.ts";

/** The rotation that is under way, and those that have ended, newest first. */
export interface RotationStanding {
  readonly underway: RotationStatus | undefined;
  readonly history: readonly PastRotation[];
}

/** The rotations of a resource that waits for this: one that has ended moves into the history. */
export function rotationStanding(world: World, waits: readonly PhaseWait[]): RotationStanding {
  const { rotation: underway, history = [] } = world.resource.status;
  if (underway === undefined) return { underway, history };
  const result = outcomeOf(world, underway);
  if (result === undefined) {
    const isLate = waits.some(({ reason }) => reason === "RotationTimedOut");
    const goesOn = withAcceptance(world, hasAnswered(world) ? withoutError(underway) : underway);
    return { underway: isLate ? { ...goesOn, phase: "TimedOut" } : goesOn, history };
  }
  if (result === "Vanished" || result === "Unknown") return { underway: undefined, history };
  const past = pastRotation(world, underway, result);
  const others = history.filter(({ token }) => token !== past.token);
  return { underway: undefined, history: [past, ...others].slice(0, MAX_HISTORY) };
}

/** The condition Rotated, once no rotation is under way. */
export function rotatedFinding({ underway, history: [last] }: RotationStanding): Finding | "keep" {
  if (underway !== undefined) return "keep";
  if (last === undefined)
    return {
      status: "Unknown",
      reason: "NotRotatedYet",
      message: "no rotation has been seen since this resource was created",
    };
  return last.result === "Failed"
    ? { status: "False", reason: "RotationFailed", message: endedText(last) }
    : { status: "True", reason: "RotationSucceeded", message: endedText(last) };
}

/** How a rotation ended, for people. */
export function endedText({ token, result, versionId }: PastRotation): string {
  switch (result) {
    case "Succeeded":
      return `the rotation has made version ${token} current (AWSCURRENT)`;
    case "WentBack":
      return `the rotation has made version ${token} current, and AWSCURRENT has gone back to the version before`;
    case "Superseded":
      return `the rotation was fulfilled by version ${versionId}, which became current after the rotation was asked for`;
    case "Failed":
      return `the rotation to version ${token} has ended without making it current: see the rotation function's log`;
  }
}

function pastRotation(
  world: World,
  { token, trigger, request, startedAt }: RotationStatus,
  result: PastRotation["result"],
): PastRotation {
  const secret = known(world.source)?.secret;
  const current = secret === undefined ? undefined : currentVersion(secret);
  const versionId = result === "Superseded" ? current : token;
  return {
    token,
    trigger,
    ...(request === undefined ? {} : { request }),
    startedAt,
    finishedAt: new Date(world.now).toISOString(),
    result,
    ...(result === "Failed" || versionId === undefined ? {} : { versionId }),
    ...(result === "Failed" ? {} : { rotatedAt: rotatedAt(world, startedAt) }),
  };
}

/** When AWS ended the rotation. AWS names only the last one, maybe not this one. */
function rotatedAt({ source, now }: World, startedAt: string): string {
  const last = known(source)?.secret?.lastRotatedAt ?? 0;
  return new Date(last > Date.parse(startedAt) ? Math.min(last, now) : now).toISOString();
}

function hasAnswered({ intent }: World): boolean {
  return intent.kind === "answered" && intent.answer.kind !== "problem";
}

/** Remembers that AWS has started the rotation: ListSecretVersionIds does not list a version that never got a value. */
function withAcceptance(world: World, underway: RotationStatus): RotationStatus {
  const isNew =
    underway.acceptedAt === undefined && (isAccepted(world, underway) || isPending(world, underway));
  return isNew ? { ...underway, acceptedAt: new Date(world.now).toISOString() } : underway;
}

function isAccepted({ intent }: World, { token }: RotationStatus): boolean {
  return intent.kind === "answered" && intent.id === token && intent.answer.kind === "accepted";
}

function isPending(world: World, { token }: RotationStatus): boolean {
  const secret = known(world.source)?.secret;
  return secret !== undefined && pendingVersion(secret) === token;
}

/** Problems with earlier calls do not count any more. */
function withoutError({ lastError: _lastError, ...underway }: RotationStatus): RotationStatus {
  return underway;
}
