import { AWSPENDING } from "@rotated-secrets/contract/labels";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { Instant } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { labelsOf, pendingVersion } from "../../ports/staging-labels.ts";
import { type Effect, nextOfIntent, visibleFrom } from "../intents/intent.ts";
import { refresh, type Step, type Wait } from "../step.ts";
import type { World } from "../world.ts";
import { isWithdrawn, knownToAws, outcomeOf } from "./rotation-outcome.ts";
import { nextRecord, problemRecord } from "./rotation-records.ts";
import { awaitRotation, refusedCall, versionsUnread, waitingForTurn } from "./rotation-waits.ts";

/** The obstacles to a call of RotateSecret for the rotation in status. */
export interface CallObstacles {
  /** In the pass that has recorded it. */
  readonly first: Wait | undefined;
  /** In a later pass. */
  readonly again: Wait | undefined;
}

/** Follows the rotation in status: makes the call that it was recorded for, and waits for its end. */
export function follow(
  world: World,
  secret: SecretFacts,
  underway: RotationStatus,
  obstacles: CallObstacles,
): Step | undefined {
  if (outcomeOf(world, underway) !== undefined) return undefined;
  const token = parseVersionId(underway.token);
  if (labelsOf(secret, token).includes(AWSPENDING)) return awaitRotation(world, secret, underway);
  if (underway.trigger === "External") return confirmEnd(world, secret, underway);
  const visibleAt = visibleFrom(underway, world.operatorStartedAt);
  // A rotation that is not wanted any more does not back off.
  const isOver = world.now >= visibleAt && isWithdrawn(world, underway);
  const step = nextOfIntent({
    id: token,
    record: isOver ? { startedAt: underway.startedAt, attempts: 0 } : underway,
    progress: world.intent,
    effect: effectOf(world, underway),
    now: world.now,
    operatorStartedAt: world.operatorStartedAt,
  });
  switch (step.next) {
    case "call":
      return (
        obstacles.first ?? onTurn(world, { do: "call", intent: { kind: "rotate", arn: secret.arn, token } })
      );
    case "follow":
      return awaitRotation(world, secret, underway);
    case "settle":
      return awaitRotation(world, secret, underway, step.until);
    case "backOff":
      return refusedCall(world, step.until, underway.lastError ?? "no answer");
    case "noteProblem":
      return noteProblem(world, underway, step.problem);
    case "verify":
      return verify(world);
    case "recordAgain":
      return callAgain(world, secret, underway, obstacles.again);
  }
}

/** Whether AWS has the version of this rotation, by a read at the source in this pass. */
function effectOf(world: World, { token }: RotationStatus): Effect {
  const isKnown = knownToAws(world, parseVersionId(token));
  if (isKnown === undefined) return "unknown";
  return isKnown ? "there" : "absent";
}

function verify(world: World): Step {
  const isRead = world.source.kind === "live" && world.versionCreatedAt.kind === "live";
  return isRead ? versionsUnread(world) : refresh("source", "versionCreatedAt");
}

function noteProblem(world: World, underway: RotationStatus, problem: AwsProblem): Step {
  const { rotation, retryAt, error } = problemRecord(world, underway, problem);
  return {
    do: "record",
    change: { kind: "rotation", rotation },
    meanwhile: refusedCall(world, retryAt, error),
    notes: [],
  };
}

/** AWS does not have the version: RotateSecret was not called, or refused. The next call is recorded before it is made. */
function callAgain(
  world: World,
  secret: SecretFacts,
  underway: RotationStatus,
  obstacle: Wait | undefined,
): Step {
  const pending = pendingVersion(secret);
  // Another rotation came first: it is waited for, not raced, and may make this one needless.
  if (pending !== undefined) return awaitRotation(world, secret, { ...underway, token: pending });
  return obstacle ?? onTurn(world, nextRecord(world, secret, underway));
}

/** One RotatedSecret at a time calls RotateSecret for an AWS secret. */
function onTurn(world: World, step: Step): Step {
  if (world.turn.kind !== "live") return refresh("turn");
  const turn = world.turn.value;
  return turn.kind === "free" ? step : waitingForTurn(world, turn.until);
}

/** A rotation of others that shows no pending version any more: it is read at the source before it counts as ended. */
function confirmEnd(world: World, secret: SecretFacts, underway: RotationStatus): Step {
  const visibleAt: Instant = visibleFrom(underway, world.operatorStartedAt);
  if (world.now < visibleAt) return awaitRotation(world, secret, underway, visibleAt);
  return verify(world);
}
