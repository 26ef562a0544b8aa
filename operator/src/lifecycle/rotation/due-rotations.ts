import { AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import {
  emergencyToken,
  maxAgeToken,
  requestToken,
  scheduleToken,
} from "@rotated-secrets/contract/rotation-token";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { EventNote } from "../../ports/reporting.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { currentVersion, labelsOf } from "../../ports/staging-labels.ts";
import { maxAgeReachedAt, overdueTick } from "../times/schedule.ts";
import { AWS_READ_LAG_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { isTooLong, newRequest, REQUESTS, type RequestTrigger } from "./requests.ts";

/** AWS keeps about 100 versions of a secret, so more attempts than this cannot be distinguished. */
const MAX_ATTEMPTS = 200;

/** A rotation that is due, and its cause. */
export type DueRotation =
  | { readonly trigger: RequestTrigger; readonly token: VersionId; readonly request: string }
  | { readonly trigger: "Schedule"; readonly token: VersionId; readonly tick: string }
  | { readonly trigger: "MaxAge"; readonly token: VersionId };

/** The rotations that are due: requests before the schedule, the schedule before the age of the version. */
export function dueRotationsOf(world: World, secret: SecretFacts): readonly DueRotation[] {
  const requested = REQUESTS.flatMap((trigger) => requestOf(world, secret, trigger) ?? []);
  return [...requested, ...[scheduled, aged].flatMap((cause) => cause(world, secret) ?? [])];
}

/** The event about the start of a rotation, with its cause. */
export function triggered(due: DueRotation): EventNote {
  if (due.trigger === "Emergency") {
    const message = `an emergency rotation starts, whatever spec.windows says; its version will be ${due.token}`;
    return { type: "Warning", reason: "EmergencyRotation", message };
  }
  const message = `a rotation starts because ${reasonFor(due)}; its version will be ${due.token}`;
  return { type: "Normal", reason: "RotationTriggered", message };
}

/** The cause of a rotation, for people. */
export function reasonFor(due: DueRotation): string {
  switch (due.trigger) {
    case "Request":
      return "it was requested by annotation";
    case "Emergency":
      return "it was requested as an emergency";
    case "Schedule":
      return `it was due at ${due.tick}`;
    case "MaxAge":
      return "the current version is older than spec.rotation.maxAge";
  }
}

/** A request whose text is too long for status. */
export function tooLongRequest(world: World): RequestTrigger | undefined {
  return REQUESTS.find((trigger) => isTooLong(newRequest(world, trigger)));
}

function requestOf(world: World, { arn }: SecretFacts, trigger: RequestTrigger): DueRotation | undefined {
  const request = newRequest(world, trigger);
  if (request === undefined || isTooLong(request)) return undefined;
  const tokenOf = trigger === "Emergency" ? emergencyToken : requestToken;
  return { trigger, request, token: tokenOf(arn, world.resource.metadata.uid, request) };
}

/** Due only if no version became current since the tick. */
function scheduled(world: World, secret: SecretFacts): DueRotation | undefined {
  const tick = overdueTick(world);
  if (tick === undefined) return undefined;
  const time = new Date(tick).toISOString();
  return { trigger: "Schedule", tick: time, token: scheduleToken(secret.arn, time) };
}

function aged(world: World, secret: SecretFacts): DueRotation | undefined {
  const current = currentVersion(secret);
  const reachedAt = maxAgeReachedAt(world);
  if (current === undefined || reachedAt === undefined || reachedAt > world.now) return undefined;
  const token = unspentToken(world, secret, current);
  return token === undefined ? undefined : { trigger: "MaxAge", token };
}

/**
 * Each failed attempt has used its token, so the next attempt has another one. All operators that saw the failure, or see the
 * abandoned version in AWS, compute the same token. Undefined if an attempt succeeded and people moved AWSCURRENT back, because
 * they want the older version.
 */
function unspentToken(world: World, secret: SecretFacts, current: VersionId): VersionId | undefined {
  const { history = [] } = world.resource.status;
  const failed = new Set(history.filter(({ result }) => result === "Failed").map(({ token }) => token));
  for (let attempt = 0; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const token = maxAgeToken(secret.arn, current, attempt);
    if (labelsOf(secret, token).includes(AWSPREVIOUS)) return undefined;
    if (!failed.has(token) && !wasLeft(world, token)) return token;
  }
  return undefined;
}

/** Whether AWS has had a version with this id for longer than its reads may lag, by a read in this pass. */
function wasLeft({ versionCreatedAt, now }: World, token: VersionId): boolean {
  if (versionCreatedAt.kind !== "live" || "problem" in versionCreatedAt.value) return false;
  const made = versionCreatedAt.value.get(token);
  return made !== undefined && made <= now - AWS_READ_LAG_MS;
}
