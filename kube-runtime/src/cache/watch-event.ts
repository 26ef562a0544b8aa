import { z } from "zod";
import { ConnectionError } from "../client/api-error.ts";
import { toApiError } from "../client/api-error-answer.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";

/** A change that a watch tells of; a BOOKMARK's object has a resourceVersion only: the watch has come as far. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubernetesObject;
}

const eventSchema = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]),
  object: z.looseObject({}),
});

/**
 * Parses one line of a watch. @throws ApiError for an ERROR event (410 when the resourceVersion is too old), although
 * the watch itself was answered by 200. @throws ConnectionError for what is no event
 */
export function parseWatchEvent(request: string, line: unknown): WatchEvent {
  const { data: event } = eventSchema.safeParse(line);
  if (event === undefined) throw new ConnectionError(request, "BAD_ANSWER");
  const { type, object } = event;
  if (type === "ERROR") throw toApiError(request, object);
  return { type, object: object as unknown as KubernetesObject };
}
