import { z } from "zod";
import { podTemplate, type WatchedWorkload, watchedWorkload, workloadMeta } from "./watched-workload.ts";

const daemonSetSchema = z.object({
  metadata: workloadMeta,
  spec: z.object({
    updateStrategy: z.object({ type: z.string().default("RollingUpdate") }).prefault({}),
    template: podTemplate,
  }),
  status: z
    .object({
      observedGeneration: z.int().default(0),
      desiredNumberScheduled: z.int().default(0),
      currentNumberScheduled: z.int().default(0),
      updatedNumberScheduled: z.int().default(0),
      numberAvailable: z.int().default(0),
    })
    .prefault({}),
});

/**
 * Reduces a DaemonSet of the API server to the fields that are kept. The number of pods comes from its status: only its
 * controller knows it. @throws if it is not one
 */
export function watchedDaemonSet(object: unknown): WatchedWorkload {
  const daemonSet = daemonSetSchema.parse(object);
  const { metadata, spec, status } = daemonSet;
  const isOnDelete = spec.updateStrategy.type === "OnDelete";
  const replicas = status.desiredNumberScheduled;
  return watchedWorkload("DaemonSet", daemonSet, {
    paused: false,
    replicas,
    strategy: { kind: isOnDelete ? "OnDelete" : "RollingUpdate" },
    rollout: {
      observed: status.observedGeneration >= metadata.generation,
      wanted: isOnDelete ? 0 : replicas,
      updated: status.updatedNumberScheduled,
      total: status.currentNumberScheduled,
      available: status.numberAvailable,
      terminating: 0,
      closed: true,
    },
  });
}
