import { EMERGENCY_ROTATE_ANNOTATION, ROTATE_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { RotatedSecretStatus, RotationStatus } from "../../api/rotated-secret.ts";
import { MAX_REQUEST_TEXT } from "../../api/rotated-secret-status.ts";
import { ASKED_FOR, type Progress } from "../step.ts";
import { isInSync } from "../target-secret/sync.ts";
import type { World } from "../world.ts";

/** The triggers that are texts of annotations. */
export const REQUESTS = ["Emergency", "Request"] as const;
/** One of `REQUESTS`. */
export type RequestTrigger = (typeof REQUESTS)[number];

/** The annotation of each, and the fields of status that remember its text. */
const PLACES = {
  Emergency: {
    annotation: EMERGENCY_ROTATE_ANNOTATION,
    handled: "lastHandledEmergencyRequest",
    settled: "lastSettledEmergencyRequest",
  },
  Request: {
    annotation: ROTATE_ANNOTATION,
    handled: "lastHandledRotateRequest",
    settled: "lastSettledRotateRequest",
  },
} as const;

/** The annotation of this kind of request. */
export function annotationOf(trigger: RequestTrigger): string {
  return PLACES[trigger].annotation;
}

/** The text that requests a rotation, handled or not; undefined if there is none. */
export function requestedText({ resource }: World, trigger: RequestTrigger): string | undefined {
  return resource.metadata.annotations?.[PLACES[trigger].annotation];
}

/** The text of a request that no rotation was started for. */
export function newRequest(world: World, trigger: RequestTrigger): string | undefined {
  const request = requestedText(world, trigger);
  const { rotation, ...status } = world.resource.status;
  const handled = [status[PLACES[trigger].handled], rotation?.trigger === trigger ? rotation.request : ""];
  return request === "" || handled.includes(request) ? undefined : request;
}

/** Whether the text is too long for status. */
export function isTooLong(request: string | undefined): boolean {
  return (request?.length ?? 0) > MAX_REQUEST_TEXT;
}

/** The fields of status that remember a request as handled. */
export function handledRequest(trigger: RequestTrigger, request: string): Partial<RotatedSecretStatus> {
  return { [PLACES[trigger].handled]: request };
}

/** The fields of status about requests. A request is handled when its rotation starts, and settled when that is over. */
export function requestsStatus(
  world: World,
  progress: Progress,
  underway: RotationStatus | undefined,
): Partial<RotatedSecretStatus> {
  const { status } = world.resource;
  return Object.assign(
    {},
    ...REQUESTS.map((trigger) => {
      const { handled, settled } = PLACES[trigger];
      const own = underway?.trigger === trigger ? underway.request : undefined;
      const before = status[handled];
      const isOver = before !== undefined && before !== own && isSettled(world, progress);
      return { [handled]: own ?? before, [settled]: isOver ? before : status[settled] };
    }),
  );
}

/**
 * Whether nothing is left to wait for after a rotation: the Secret and the pods hold the current version, or only a person
 * can bring that about.
 */
function isSettled(world: World, { waits, reached }: Progress): boolean {
  const left = waits.filter(({ phase }) => phase !== "rotation");
  if (left.length === 0) return reached.has("rollout") && isInSync(world);
  return left.every(({ endedBy, reason }) => endedBy === "person" && !ASKED_FOR.has(reason));
}
