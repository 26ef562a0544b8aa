import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { AWSPENDING } from "@rotated-secrets/contract/labels";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import { describeProblem } from "../../ports/aws-problem.ts";
import { type Instant, known } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { labelsOf, pendingVersion } from "../../ports/staging-labels.ts";
import { isGranted } from "../access/grants.ts";
import { look, type Phase, type Step, type Wait } from "../step.ts";
import { pinned } from "../target/pinning.ts";
import { isInSync, sync } from "../target/sync.ts";
import { ROTATE_RETRY_MAX_MS, ROTATE_RETRY_MS } from "../times/timing.ts";
import { isPermitted, waitingForWindow } from "../times/windows.ts";
import type { World } from "../world.ts";
import { failureBackOff } from "./failure-back-off.ts";
import { isWithdrawn, knownToAws, outcomeOf, quietUntil } from "./rotation-outcome.ts";
import {
  awaitRotation,
  backingOff,
  notConfigured,
  refusedCall,
  requestTooLong,
  rotateDenied,
  versionsUnread,
} from "./rotation-waits.ts";
import { isRequestTooLong, reasonFor, triggered, type Wish, wishesOf } from "./rotation-wishes.ts";

/** Starts a rotation when one is due and everything before is at rest; follows one that is under way, whoever began it. */
export const rotation: Phase = (world) => {
  const secret = known(world.source)?.secret;
  if (secret === undefined) return undefined;
  const underway = world.resource.status.rotation;
  if (underway !== undefined) return follow(world, secret, underway);
  const pending = pendingVersion(secret);
  if (pending !== undefined) return adopt(world, pending);
  return begin(world, secret);
};

function begin(world: World, secret: SecretFacts): Step | undefined {
  if (world.spec.pin !== undefined) return pinned(world);
  const misuse = misconfigured(world, secret);
  if (misuse !== undefined) return misuse;
  for (const wish of wishesOf(world, secret)) {
    const step = grant(world, secret, wish);
    if (step !== undefined) return step;
  }
  return isRequestTooLong(world) ? requestTooLong(world) : undefined;
}

function grant(world: World, secret: SecretFacts, wish: Wish): Step | undefined {
  // What is in the way of the Secret, or is put over its data, must not be rotated away from under its readers.
  if (!isInSync(world) || sync(world) !== undefined) return undefined;
  const obstacle =
    obstacleTo(world, secret) ?? backOff(world, wish) ?? outsideWindows(world, reasonFor(wish));
  if (obstacle !== undefined) return obstacle;
  if (world.source.kind !== "live" || world.ages.kind !== "live") return look("source", "ages");
  // A token that AWS knows has been spent, by another cluster or before status was lost: it is never used again.
  const isSpent = knownToAws(world, wish.token);
  if (isSpent === undefined) return versionsUnread(world);
  if (!isSpent) return { do: "recordRotation", rotation: recordOf(world, wish), notes: [triggered(wish)] };
  return wish.trigger === "Request" ? dismissal(wish) : undefined;
}

/** A text that was used before makes the token of that time. */
function dismissal({ request, token }: Extract<Wish, { trigger: "Request" }>): Step {
  const message =
    `the text of the annotation ${ROTATE_ANNOTATION} was used before, for version ${token}: nothing is rotated. Write a ` +
    "text that is new";
  return {
    do: "dismissRequest",
    request,
    notes: [{ type: "Warning", reason: "RequestUsedBefore", message }],
  };
}

function recordOf(world: World, { token, ...wish }: Wish): RotationStatus {
  return { token, ...wish, phase: "Rotating", startedAt: iso(world.now), attempts: 0 };
}

function adopt(world: World, pending: VersionId): Step {
  const rotation: RotationStatus = {
    token: pending,
    trigger: "External",
    phase: "Rotating",
    startedAt: iso(world.now),
    attempts: 0,
  };
  const message = `a rotation that somebody else began is under way; its version will be ${pending}`;
  return { do: "recordRotation", rotation, notes: [{ type: "Normal", reason: "RotationSeen", message }] };
}

function follow(world: World, secret: SecretFacts, underway: RotationStatus): Step | undefined {
  if (outcomeOf(world, underway) !== undefined) return undefined;
  const token = parseVersionId(underway.token);
  if (labelsOf(secret, token).includes(AWSPENDING)) return awaitRotation(world, secret, underway);
  const quiet = quietUntil(world, underway);
  if (underway.trigger === "External") return confirmEnd(world, secret, underway, quiet);
  if (world.recordedNow === token) return callOrAnswer(world, secret, underway, quiet);
  if (world.now < quiet && underway.lastError === undefined)
    return awaitRotation(world, secret, underway, quiet);
  const retry = Math.max(quiet, retryAt(underway));
  if (world.now < retry && !(world.now >= quiet && isWithdrawn(world, underway)))
    return refusedCall(world, retry, underway.lastError ?? "no answer");
  if (world.source.kind !== "live" || world.ages.kind !== "live") return look("source", "ages");
  return callAgain(world, secret, underway);
}

/** In the pass that has written the token into status: the call, and after it what AWS said to it. */
function callOrAnswer(world: World, secret: SecretFacts, underway: RotationStatus, quiet: Instant): Step {
  const answer = world.rotateOutcome;
  const token = parseVersionId(underway.token);
  if (answer === undefined) {
    return knownToAws(world, token) === false
      ? (obstacleTo(world, secret) ?? { do: "rotate", arn: secret.arn, token })
      : awaitRotation(world, secret, underway, quiet);
  }
  if (answer.kind !== "problem") return awaitRotation(world, secret, underway);
  const until = Math.max(retryAt(underway), world.now + ROTATE_RETRY_MS);
  return refusedCall(world, until, describeProblem(answer.problem));
}

/** AWS does not have the version, so it was never asked for it, or refused. The new call is recorded before it is made. */
function callAgain(world: World, secret: SecretFacts, underway: RotationStatus): Step {
  if (knownToAws(world, parseVersionId(underway.token)) === undefined) return versionsUnread(world);
  const pending = pendingVersion(secret);
  // Somebody else's came first: it is waited for, not raced, and may make this one needless.
  if (pending !== undefined) return awaitRotation(world, secret, { ...underway, token: pending });
  const again = { ...underway, phase: "Rotating", lastAttemptAt: iso(world.now) } as const;
  const obstacle =
    (world.spec.pin === undefined ? undefined : pinned(world)) ??
    obstacleTo(world, secret) ??
    outsideWindows(world, "AWS has not begun it yet");
  return obstacle ?? { do: "recordRotation", rotation: again, notes: [] };
}

/** A rotation of others that shows no pending version any more: read at the source before it counts as ended. */
function confirmEnd(world: World, secret: SecretFacts, underway: RotationStatus, quiet: Instant): Step {
  if (world.now < quiet) return awaitRotation(world, secret, underway, quiet);
  if (world.source.kind !== "live" || world.ages.kind !== "live") return look("source", "ages");
  return versionsUnread(world);
}

function retryAt({ attempts, lastAttemptAt, lastError }: RotationStatus): Instant {
  if (attempts === 0 || lastAttemptAt === undefined || lastError === undefined) return 0;
  return Date.parse(lastAttemptAt) + Math.min(ROTATE_RETRY_MS * 2 ** (attempts - 1), ROTATE_RETRY_MAX_MS);
}

/** What is in the way of a rotation that was asked for by the operator's schedule or by its users. */
function misconfigured(world: World, secret: SecretFacts): Wait | undefined {
  return world.spec.trigger.kind === "External" ? undefined : obstacleTo(world, secret);
}

/** After failures in a row the schedule and the version's age ask less and less often; a request is a person's word. */
function backOff(world: World, { trigger }: Wish): Wait | undefined {
  const failed = failureBackOff(world.resource.status);
  if (trigger === "Request" || failed === undefined || world.now >= failed.until) return undefined;
  return backingOff(world, failed);
}

function outsideWindows(world: World, why: string): Wait | undefined {
  const { windows, secretId } = world.spec;
  return isPermitted(windows, world.now)
    ? undefined
    : waitingForWindow(world, "rotation", `a rotation of "${secretId}" (${why})`);
}

function obstacleTo(world: World, secret: SecretFacts): Wait | undefined {
  if (secret.rotation.kind === "off") return notConfigured(world, secret);
  return isGranted(world, secret.arn, "Rotate") ? undefined : rotateDenied(world);
}

function iso(time: Instant): string {
  return new Date(time).toISOString();
}
