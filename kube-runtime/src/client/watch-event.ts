import { z } from "zod";
import { ConnectionError } from "./api-error.ts";
import { toApiError } from "./api-error-answer.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** An event of a watch. The object of a BOOKMARK has only a resourceVersion: the watch has sent all changes up to it. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubernetesObject;
}

const eventSchema = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]),
  object: z.looseObject({}),
});

/**
 * Parses one line of a watch. @throws ApiError for an ERROR event, such as 410 if the resourceVersion is too old: the
 * watch itself was answered with 200. @throws ConnectionError for a line that is not an event
 */
export function parseWatchEvent(request: string, line: unknown): WatchEvent {
  const { data: event } = eventSchema.safeParse(line);
  if (event === undefined) throw new ConnectionError(request, "BAD_ANSWER");
  const { type, object } = event;
  if (type === "ERROR") throw toApiError(request, object);
  return { type, object: object as unknown as KubernetesObject };
}
