import { ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { maxAgeToken, requestToken, scheduleToken } from "@rotated-secrets/contract/rotation-token";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { PastRotation } from "../api/rotated-secret.ts";
import { MAX_REQUEST_TEXT } from "../api/rotated-secret-status.ts";
import type { EventNote } from "../ports/reporting.ts";
import type { SecretFacts } from "../ports/secret-catalogue.ts";
import { maxAgeReachedAt, overdueTick } from "./schedule.ts";
import { currentVersion } from "./staging.ts";
import type { World } from "./world.ts";

/** What asks for a rotation now. */
export type Wish =
  | { readonly trigger: "Request"; readonly token: VersionId; readonly request: string }
  | { readonly trigger: "Schedule"; readonly token: VersionId; readonly tick: string }
  | { readonly trigger: "MaxAge"; readonly token: VersionId };

/** What asks for a rotation now: a request before the schedule, the schedule before the version's age. */
export function wishOf(world: World, secret: SecretFacts): Wish | undefined {
  return requested(world, secret) ?? scheduled(world, secret) ?? aged(world, secret);
}

/** The event that tells why a rotation begins. */
export function triggered(wish: Wish): EventNote {
  const message = `a rotation begins, for ${reasonFor(wish)}; its version will be ${wish.token}`;
  return { type: "Normal", reason: "RotationTriggered", message };
}

/** Why the rotation is to be, for people. */
export function reasonFor(wish: Wish): string {
  switch (wish.trigger) {
    case "Request":
      return "it was requested by annotation";
    case "Schedule":
      return `it was due at ${wish.tick}`;
    case "MaxAge":
      return "the current version is older than spec.rotation.maxAge";
  }
}

/** Whether the text of the request is more than status can remember. */
export function isRequestTooLong(world: World): boolean {
  return (newRequest(world)?.length ?? 0) > MAX_REQUEST_TEXT;
}

function requested(world: World, secret: SecretFacts): Wish | undefined {
  const request = newRequest(world);
  if (request === undefined || isRequestTooLong(world)) return undefined;
  return {
    trigger: "Request",
    request,
    token: requestToken(secret.arn, world.resource.metadata.uid, request),
  };
}

function newRequest({ resource: { metadata, status } }: World): string | undefined {
  const request = metadata.annotations?.[ROTATE_ANNOTATION];
  return request === "" || request === status.lastHandledRotateRequest ? undefined : request;
}

/** Due only if no version became current since the tick. */
function scheduled(world: World, secret: SecretFacts): Wish | undefined {
  const tick = overdueTick(world);
  if (tick === undefined) return undefined;
  const time = new Date(tick).toISOString();
  return { trigger: "Schedule", tick: time, token: scheduleToken(secret.arn, time) };
}

function aged(world: World, secret: SecretFacts): Wish | undefined {
  const current = currentVersion(secret);
  const reachedAt = maxAgeReachedAt(world);
  if (current === undefined || reachedAt === undefined || reachedAt > world.now) return undefined;
  return {
    trigger: "MaxAge",
    token: unfailedToken(secret.arn, current, world.resource.status.history ?? []),
  };
}

/** A failed attempt has used its token up, so that the next one has another: the same for all who saw it fail. */
function unfailedToken(arn: SecretArn, current: VersionId, history: readonly PastRotation[]): VersionId {
  const failed = new Set(history.filter(({ result }) => result === "Failed").map(({ token }) => token));
  let attempt = 0;
  while (failed.has(maxAgeToken(arn, current, attempt))) attempt += 1;
  return maxAgeToken(arn, current, attempt);
}
