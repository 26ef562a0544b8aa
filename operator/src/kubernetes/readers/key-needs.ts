import { z } from "zod";
import type { KeyNeed } from "../../ports/workloads.ts";
import type { Pod } from "./pod.ts";
import { podSpec } from "./pod-spec.ts";
import { ownerOf } from "./reader-pod.ts";
import { secretUses } from "./secret-references.ts";
import type { WatchedWorkload } from "./watched-workload.ts";

/** The part of a CronJob that the operator uses. */
export const cronJobSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    jobTemplate: z.object({ spec: z.object({ template: z.object({ spec: podSpec }) }) }),
  }),
});

/** The part of a CronJob that the operator uses. */
export type CronJob = z.infer<typeof cronJobSchema>;

/** Everything in a namespace that may read a Secret. */
export interface Readers {
  readonly workloads: readonly WatchedWorkload[];
  readonly cronJobs: readonly CronJob[];
  readonly pods: readonly Pod[];
}

/**
 * The keys of the Secret that readers name and need. Pods count too: a pod without a controller has no template, a pod of an
 * earlier template still needs its keys, and a container that restarts resolves its keys again. Pods that end do not count.
 */
export function keyNeedsOf(secret: string, { workloads, cronJobs, pods }: Readers): readonly KeyNeed[] {
  const needs = [
    ...workloads.flatMap(({ kind, metadata, reads }) => of(`${kind} ${metadata.name}`, reads.get(secret))),
    ...cronJobs.flatMap(({ metadata, spec }) =>
      of(`CronJob ${metadata.name}`, secretUses(spec.jobTemplate.spec.template.spec).get(secret)?.neededKeys),
    ),
    ...pods
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap((pod) => of(ownerText(pod), secretUses(pod.spec).get(secret)?.neededKeys)),
  ];
  return [...new Map(needs.map((need) => [`${need.key} ${need.reader}`, need])).values()];
}

function of(reader: string, keys: ReadonlySet<string> | undefined): readonly KeyNeed[] {
  return [...(keys ?? [])].map((key) => ({ key, reader }));
}

function ownerText(pod: Pod): string {
  const owner = ownerOf(pod);
  return owner.kind === "other" ? `pod ${pod.metadata.name}` : `${owner.kind} ${owner.name}`;
}
