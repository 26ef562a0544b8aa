import { z } from "zod";
import type { RolloutProgress, UpdateStrategy } from "../../ports/workloads.ts";
import { podTemplate, type WatchedWorkload, watchedWorkload, workloadMeta } from "./watched-workload.ts";

const statefulSetSchema = z.object({
  metadata: workloadMeta,
  spec: z.object({
    replicas: z.int().default(1),
    ordinals: z.object({ start: z.int().default(0) }).prefault({}),
    updateStrategy: z
      .object({
        type: z.string().default("RollingUpdate"),
        rollingUpdate: z.object({ partition: z.int().default(0) }).nullish(),
      })
      .prefault({}),
    template: podTemplate,
  }),
  status: z
    .object({
      observedGeneration: z.int().default(0),
      replicas: z.int().default(0),
      updatedReplicas: z.int().default(0),
      availableReplicas: z.int().default(0),
      currentRevision: z.string().default(""),
      updateRevision: z.string().default(""),
    })
    .prefault({}),
});
type StatefulSet = z.infer<typeof statefulSetSchema>;

/** Reduces a StatefulSet of the API server to the fields that are kept. @throws if it is not one */
export function watchedStatefulSet(object: unknown): WatchedWorkload {
  const statefulSet = statefulSetSchema.parse(object);
  const { replicas } = statefulSet.spec;
  const strategy = strategyOf(statefulSet);
  return watchedWorkload("StatefulSet", statefulSet, {
    paused: false,
    replicas,
    strategy,
    rollout: rolloutOf(statefulSet, strategy),
  });
}

/** Kubernetes: StatefulSet, "Update strategies". The partition counts from the first ordinal. */
function strategyOf({ spec: { updateStrategy, ordinals } }: StatefulSet): UpdateStrategy {
  const partition = updateStrategy.rollingUpdate?.partition ?? 0;
  if (updateStrategy.type === "OnDelete") return { kind: "OnDelete" };
  return partition === 0
    ? { kind: "RollingUpdate" }
    : { kind: "Partition", from: ordinals.start + partition };
}

function rolloutOf({ metadata, spec, status }: StatefulSet, { kind }: UpdateStrategy): RolloutProgress {
  const partition = spec.updateStrategy.rollingUpdate?.partition ?? 0;
  const wanted = kind === "OnDelete" ? 0 : Math.max(0, spec.replicas - partition);
  return {
    observed: status.observedGeneration >= metadata.generation,
    wanted,
    updated: status.updatedReplicas,
    total: status.replicas,
    available: status.availableReplicas,
    terminating: 0,
    // If a person does a part of the rollout, the two revisions do not become equal by themselves.
    closed: kind !== "RollingUpdate" || status.currentRevision === status.updateRevision,
  };
}
