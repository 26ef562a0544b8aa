import { VERSION_ANNOTATION_PREFIX, versionAnnotation } from "@rotated-secrets/contract/annotations";
import { z } from "zod";
import { objectMeta } from "../api/object-meta.ts";
import type { RolloutProgress, Workload } from "../ports/workloads.ts";
import { apiList } from "./api-list.ts";
import { podSpec } from "./pod-spec.ts";
import { secretUses } from "./secret-references.ts";

const condition = z.object({
  type: z.string(),
  status: z.string(),
  message: z.string().optional(),
  lastUpdateTime: z.string().nullish(),
});

const deploymentSchema = z.object({
  metadata: objectMeta.omit({ labels: true, annotations: true }),
  spec: z.object({
    replicas: z.int().default(1),
    paused: z.boolean().default(false),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }).optional(),
      spec: podSpec,
    }),
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

/** What the cache keeps of a Deployment. */
export interface WatchedDeployment {
  readonly metadata: Readonly<Deployment["metadata"]>;
  /** Names of the Secrets that its pod template reads. */
  readonly reads: ReadonlySet<string>;
  /** The pod template's version annotations, by their whole name. */
  readonly versionTexts: ReadonlyMap<string, string>;
  readonly paused: boolean;
  readonly replicas: number;
  readonly rollout: RolloutProgress;
}

/** Reduces a Deployment as the API server sends it. @throws when it is none. */
export function watchedDeployment(object: unknown): WatchedDeployment {
  const deployment = deploymentSchema.parse(object);
  const { metadata, spec } = deployment;
  const annotations = Object.entries(spec.template.metadata?.annotations ?? {});
  return {
    metadata,
    reads: new Set(secretUses(spec.template.spec).keys()),
    versionTexts: new Map(annotations.filter(([name]) => name.startsWith(VERSION_ANNOTATION_PREFIX))),
    paused: spec.paused,
    replicas: spec.replicas,
    rollout: rolloutOf(deployment),
  };
}

/** The Deployment from the point of view of one Secret. */
export function workloadOf(deployment: WatchedDeployment, secretName: string): Workload {
  const { metadata, versionTexts, paused, replicas, rollout } = deployment;
  const versionText = versionTexts.get(versionAnnotation(secretName));
  return {
    ref: { kind: "Deployment", namespace: metadata.namespace, name: metadata.name },
    createdAt: Date.parse(metadata.creationTimestamp),
    ...(versionText === undefined ? {} : { versionText }),
    paused,
    replicas,
    rollout,
  };
}

function rolloutOf({ metadata, status }: Deployment): RolloutProgress {
  const observed = status.observedGeneration >= metadata.generation;
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  const progressedAt = progressing?.lastUpdateTime;
  // What the controller gave up before it saw the newest template says nothing of this one.
  const gaveUp = observed && progressing?.status === "False";
  return {
    observed,
    updated: status.updatedReplicas,
    total: status.replicas,
    available: status.availableReplicas,
    terminating: status.terminatingReplicas,
    ...(progressedAt ? { progressedAt: Date.parse(progressedAt) } : {}),
    ...(gaveUp ? { failure: progressing.message ?? "the Deployment makes no progress" } : {}),
  };
}
