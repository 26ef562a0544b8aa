import type { RotationStatus } from "../../api/rotated-secret.ts";
import { known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { pendingVersion } from "../../ports/staging-labels.ts";
import { isGranted } from "../access/grants.ts";
import { type Phase, type PhaseWait, refresh, type Step, type Wait } from "../step.ts";
import { pinned } from "../target-secret/pinning.ts";
import { isInSync } from "../target-secret/sync.ts";
import { awaitCorrection, hasFault } from "../times/spec-faults.ts";
import { isOpen, waitingForWindow } from "../times/windows.ts";
import type { World } from "../world.ts";
import { type DueRotation, dueRotationsOf, reasonFor, tooLongRequest } from "./due-rotations.ts";
import { failureBackOff } from "./failure-back-off.ts";
import { type CallObstacles, follow } from "./follow-rotation.ts";
import { knownToAws } from "./rotation-outcome.ts";
import { adoption, dismissal, firstRecord } from "./rotation-records.ts";
import {
  backingOff,
  notConfigured,
  requestTooLong,
  rotateDenied,
  versionsUnread,
  waitingForSecret,
} from "./rotation-waits.ts";

/** Starts a rotation when one is due and all phases before are done; follows a rotation that is under way, also of others. */
export const rotation: Phase = { name: "rotation", decide: next };

function next(world: World, earlier: readonly PhaseWait[]): Step | undefined {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const underway = world.resource.status.rotation;
  if (underway !== undefined) return follow(world, secret, underway, obstaclesTo(world, secret, earlier));
  const pending = pendingVersion(secret);
  if (pending !== undefined) return adoption(world, secret, pending);
  return start(world, secret, earlier);
}

function start(world: World, secret: SecretFacts, earlier: readonly PhaseWait[]): Step | undefined {
  const dueRotations = dueRotationsOf(world, secret);
  const unusable = uncorrected(world, dueRotations[0]?.trigger);
  if (unusable !== undefined) return unusable;
  if (world.spec.pin !== undefined) return pinned(world);
  const misuse = misconfigured(world, secret);
  if (misuse !== undefined) return misuse;
  if (isTargetSettled(world, earlier)) {
    for (const due of dueRotations) {
      const step = startOf(world, secret, due);
      if (step !== undefined) return step;
    }
  }
  const tooLong = tooLongRequest(world);
  return tooLong === undefined ? undefined : requestTooLong(world, tooLong);
}

function startOf(world: World, secret: SecretFacts, due: DueRotation): Step | undefined {
  const obstacle =
    obstacleTo(world, secret) ?? backOff(world, due) ?? outsideWindows(world, due.trigger, reasonFor(due));
  if (obstacle !== undefined) return obstacle;
  if (!hasReadVersions(world)) return refresh("source", "versionCreatedAt");
  // A token that AWS knows has been spent, by another cluster or before status was lost: it is never used again. AWS lists
  // no version that never got a value, so the failures in status count too.
  const isSpent = hasFailed(world, due) || knownToAws(world, due.token);
  if (isSpent === undefined) return versionsUnread(world);
  if (!isSpent) return firstRecord(world, secret, due);
  return "request" in due ? dismissal(due) : undefined;
}

function hasFailed({ resource }: World, { token }: DueRotation): boolean {
  return (resource.status.history ?? []).some((past) => past.token === token && past.result === "Failed");
}

/**
 * Whether the Secret carries the version that it is to carry, and no earlier phase waits over it. Otherwise a rotation
 * would take a credential away from readers that may hold it.
 */
function isTargetSettled(world: World, earlier: readonly PhaseWait[]): boolean {
  return isInSync(world) && !earlier.some(({ phase }) => phase === "sync");
}

/** The obstacles to a call for a rotation that is in status: to the first call, and to each further one. */
function obstaclesTo(world: World, secret: SecretFacts, earlier: readonly PhaseWait[]): CallObstacles {
  const trigger = world.resource.status.rotation?.trigger;
  const first = uncorrected(world, trigger) ?? obstacleTo(world, secret);
  const pin = world.spec.pin === undefined ? undefined : pinned(world);
  const unsettled = isTargetSettled(world, earlier) ? undefined : waitingForSecret(world);
  const again = pin ?? first ?? unsettled ?? outsideWindows(world, trigger, "AWS has not started it yet");
  return { first, again };
}

/** Whether the versions of the secret were read at the source in this pass. */
function hasReadVersions({ source, versionCreatedAt }: World): boolean {
  return source.kind === "live" && versionCreatedAt.kind === "live";
}

/** An obstacle to rotations that the operator's schedule or its users ask for; shown before one is due. */
function misconfigured(world: World, secret: SecretFacts): Wait | undefined {
  return world.spec.trigger.kind === "External" ? undefined : obstacleTo(world, secret);
}

/** After failures in a row, schedule and age ask less and less often. A request is a person's decision. */
function backOff(world: World, { trigger }: DueRotation): Wait | undefined {
  const failed = failureBackOff(world.resource.status);
  if (isRequest(trigger) || failed === undefined || world.now >= failed.until) return undefined;
  return backingOff(world, failed);
}

function outsideWindows(world: World, trigger: Trigger, why: string): Wait | undefined {
  return trigger === "Emergency" || isOpen(world)
    ? undefined
    : waitingForWindow(world, `a rotation of "${world.spec.secretId}" (${why})`);
}

/**
 * A rotation starts only if the whole spec is usable: the fault may be in when it may start, or in what follows. An emergency
 * needs only the latter.
 */
function uncorrected(world: World, trigger: Trigger): Wait | undefined {
  const { faults } = world.spec;
  const isUsable = faults.length === 0 || (trigger === "Emergency" && !hasFault(world, "rollout"));
  return isUsable ? undefined : awaitCorrection(world);
}

type Trigger = RotationStatus["trigger"] | undefined;

function isRequest(trigger: DueRotation["trigger"]): boolean {
  return trigger === "Request" || trigger === "Emergency";
}

function obstacleTo(world: World, secret: SecretFacts): Wait | undefined {
  if (secret.rotation.kind === "off") return notConfigured(world, secret);
  return isGranted(world, secret.arn, "Rotate") ? undefined : rotateDenied(world);
}
