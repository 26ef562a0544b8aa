import { VERSION_ANNOTATION_PREFIX, versionAnnotation } from "@rotated-secrets/contract/annotations";
import { z } from "zod";
import { objectMeta } from "../../api/object-meta.ts";
import type { WorkloadKind } from "../../api/workload-kind.ts";
import type { Workload } from "../../ports/workloads.ts";
import { podSpec } from "./pod-spec.ts";
import { secretUses } from "./secret-references.ts";

/** The metadata of a workload that is kept. Labels are among it: a RotatedSecret can select by them. */
export const workloadMeta = objectMeta.omit({ annotations: true });

/** The part of a workload's template with the Secrets that it reads and the version that it was restarted for. */
export const podTemplate = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }).optional(),
  spec: podSpec,
});

/** The state of a workload, which each kind reports differently. */
export type WorkloadState = Pick<Workload, "paused" | "replicas" | "strategy" | "rollout">;

/** The part of a workload that the cache keeps. */
export interface WatchedWorkload extends WorkloadState {
  readonly kind: WorkloadKind;
  readonly metadata: Readonly<z.infer<typeof workloadMeta>>;
  /** The Secrets that its pod template reads, by name, and the keys of each that it cannot start without. */
  readonly reads: ReadonlyMap<string, ReadonlySet<string>>;
  /** The version annotations of the pod template, by their full name. */
  readonly versionAnnotations: ReadonlyMap<string, string>;
}

/** Combines the parts that all kinds share with the state of this kind. */
export function watchedWorkload(
  kind: WorkloadKind,
  {
    metadata,
    spec,
  }: { metadata: WatchedWorkload["metadata"]; spec: { template: z.infer<typeof podTemplate> } },
  state: WorkloadState,
): WatchedWorkload {
  const annotations = Object.entries(spec.template.metadata?.annotations ?? {});
  return {
    kind,
    metadata,
    reads: new Map([...secretUses(spec.template.spec)].map(([name, { neededKeys }]) => [name, neededKeys])),
    versionAnnotations: new Map(annotations.filter(([name]) => name.startsWith(VERSION_ANNOTATION_PREFIX))),
    ...state,
  };
}

/** The workload as a reader of one Secret. */
export function workloadOf(workload: WatchedWorkload, secretName: string): Workload {
  const { kind, metadata, versionAnnotations, paused, replicas, strategy, rollout } = workload;
  const restartToken = versionAnnotations.get(versionAnnotation(secretName));
  return {
    ref: { kind, namespace: metadata.namespace, name: metadata.name },
    createdAt: Date.parse(metadata.creationTimestamp),
    ...(restartToken === undefined ? {} : { restartToken }),
    paused,
    replicas,
    strategy,
    rollout,
  };
}
