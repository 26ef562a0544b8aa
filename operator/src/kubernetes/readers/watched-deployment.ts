import { z } from "zod";
import type { RolloutProgress } from "../../ports/workloads.ts";
import { apiList } from "../api-server/api-list.ts";
import { podTemplate, type WatchedWorkload, watchedWorkload, workloadMeta } from "./watched-workload.ts";

const condition = z.object({
  type: z.string(),
  status: z.string(),
  message: z.string().optional(),
  lastUpdateTime: z.string().nullish(),
});

const deploymentSchema = z.object({
  metadata: workloadMeta,
  spec: z.object({
    replicas: z.int().default(1),
    paused: z.boolean().default(false),
    template: podTemplate,
  }),
  status: z
    .object({
      observedGeneration: z.int().default(0),
      replicas: z.int().default(0),
      updatedReplicas: z.int().default(0),
      availableReplicas: z.int().default(0),
      terminatingReplicas: z.int().default(0),
      conditions: apiList(condition),
    })
    .prefault({}),
});
type Deployment = z.infer<typeof deploymentSchema>;

/** Reduces a Deployment of the API server to the fields that are kept. @throws if it is not one */
export function watchedDeployment(object: unknown): WatchedWorkload {
  const deployment = deploymentSchema.parse(object);
  const { paused, replicas } = deployment.spec;
  const state = {
    paused,
    replicas,
    strategy: { kind: "RollingUpdate" },
    rollout: rolloutOf(deployment),
  } as const;
  return watchedWorkload("Deployment", deployment, state);
}

function rolloutOf({ metadata, spec, status }: Deployment): RolloutProgress {
  const observed = status.observedGeneration >= metadata.generation;
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  const progressedAt = progressing?.lastUpdateTime;
  // A failure from before the controller saw the newest template is not about that template.
  const gaveUp = observed && progressing?.status === "False";
  return {
    observed,
    wanted: spec.replicas,
    updated: status.updatedReplicas,
    total: status.replicas,
    available: status.availableReplicas,
    terminating: status.terminatingReplicas,
    closed: true,
    ...(progressedAt ? { progressedAt: Date.parse(progressedAt) } : {}),
    ...(gaveUp ? { failure: progressing.message ?? "the Deployment makes no progress" } : {}),
  };
}
