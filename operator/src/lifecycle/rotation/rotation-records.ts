import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import { type AwsProblem, describeProblem } from "../../ports/aws-problem.ts";
import type { Instant } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import { retryAt } from "../intents/intent.ts";
import type { RecordStep } from "../step.ts";
import type { World } from "../world.ts";
import { type DueRotation, triggered } from "./due-rotations.ts";
import { annotationOf } from "./requests.ts";
import { awaitRotation, refusedCall } from "./rotation-waits.ts";

/** Records a rotation that is due, before RotateSecret is called for it. */
export function firstRecord(world: World, secret: SecretFacts, due: DueRotation): RecordStep {
  const { token, ...cause } = due;
  const replaces = currentVersion(secret);
  const rotation: RotationStatus = {
    token,
    ...cause,
    phase: "Rotating",
    startedAt: iso(world.now),
    ...(replaces === undefined ? {} : { replaces }),
    attempts: 0,
  };
  return recordOf(world, secret, "intent", rotation, [triggered(due)]);
}

/** Records the next call for a rotation that AWS has not taken up. A problem with the last call is shown until it is answered. */
export function nextRecord(world: World, secret: SecretFacts, underway: RotationStatus): RecordStep {
  const rotation: RotationStatus = { ...underway, phase: "Rotating", lastAttemptAt: iso(world.now) };
  const step = recordOf(world, secret, "intent", rotation, []);
  const { lastError } = underway;
  return lastError === undefined
    ? step
    : { ...step, meanwhile: refusedCall(world, retryAt(rotation), lastError) };
}

/** Records a rotation that somebody else started, so that its end is seen. */
export function adoption(world: World, secret: SecretFacts, pending: VersionId): RecordStep {
  const rotation: RotationStatus = {
    token: pending,
    trigger: "External",
    phase: "Rotating",
    startedAt: iso(world.now),
    attempts: 0,
  };
  const message = `a rotation that somebody else started is under way; its version will be ${pending}`;
  return recordOf(world, secret, "rotation", rotation, [{ type: "Normal", reason: "RotationSeen", message }]);
}

type Requested = Extract<DueRotation, { readonly request: string }>;

/** Records that a request counts as handled. A text that was used before makes the token of that time. */
export function dismissal({ trigger, request, token }: Requested): RecordStep {
  const message =
    `the text of the annotation ${annotationOf(trigger)} was used before, for version ${token}: nothing is rotated. Write a ` +
    "new text";
  return {
    do: "record",
    change: { kind: "request", trigger, request },
    meanwhile: undefined,
    notes: [{ type: "Warning", reason: "RequestUsedBefore", message }],
  };
}

/** The rotation after a problem with its call, and when it is called again (ms since the epoch). */
export function problemRecord(
  world: World,
  underway: RotationStatus,
  problem: AwsProblem,
): { readonly rotation: RotationStatus; readonly retryAt: Instant; readonly error: string } {
  const error = describeProblem(problem);
  const rotation = {
    ...underway,
    attempts: underway.attempts + 1,
    lastAttemptAt: iso(world.now),
    lastError: error,
  };
  return { rotation, retryAt: retryAt(rotation), error };
}

function recordOf(
  world: World,
  secret: SecretFacts,
  kind: "intent" | "rotation",
  rotation: RotationStatus,
  notes: RecordStep["notes"],
): RecordStep {
  return {
    do: "record",
    change: { kind, rotation },
    meanwhile: awaitRotation(world, secret, rotation),
    notes,
  };
}

function iso(time: Instant): string {
  return new Date(time).toISOString();
}
