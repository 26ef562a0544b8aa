import { z } from "zod";
import { apiList } from "../api-server/api-list.ts";
import { podSpec } from "./pod-spec.ts";

const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().optional(),
  restartCount: z.int().optional(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional() }).optional(),
      running: z.object({ startedAt: z.string().nullish() }).optional(),
      terminated: z.object({ startedAt: z.string().nullish(), exitCode: z.int().optional() }).optional(),
    })
    .optional(),
});

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
});

const ownerReference = z.object({
  kind: z.string(),
  name: z.string(),
  apiVersion: z.string(),
  controller: z.boolean().optional(),
});

/** The part of a pod that the operator uses. */
export const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    /** RFC 3339 in whole seconds, as all times of a pod. */
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    ownerReferences: apiList(ownerReference),
  }),
  spec: podSpec,
  status: z
    .object({
      phase: z.string().optional(),
      startTime: z.string().optional(),
      conditions: apiList(condition),
      initContainerStatuses: apiList(containerStatus),
      containerStatuses: apiList(containerStatus),
    })
    .prefault({}),
});

/** The part of a pod that the operator uses. */
export type Pod = z.infer<typeof podSchema>;
/** State of a container. */
export type ContainerStatus = z.infer<typeof containerStatus>;
