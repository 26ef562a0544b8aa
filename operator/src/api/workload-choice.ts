import { createHash } from "node:crypto";
import { z } from "zod";
import { DNS_SUBDOMAIN, formed } from "./fields.ts";
import { type LabelSelector, labelSelector } from "./label-selector.ts";
import type { DeepReadonly } from "./readonly.ts";
import { withRules } from "./rules.ts";
import { parseWorkloadText, WORKLOAD_KINDS, type WorkloadName, workloadText } from "./workload-kind.ts";

/** The most names in `rollout.workloads.names`. */
const MAX_NAMES = 50;

const workloadName = formed({
  pattern: `^(${WORKLOAD_KINDS.join("|").toLowerCase()})/${DNS_SUBDOMAIN}$`,
  message:
    'write kind and name of a workload of this namespace, such as "deployment/web", "statefulset/db" or "daemonset/agent"',
  maxLength: 265,
});

const selector = withRules(labelSelector, [
  {
    cel: "size(self.?matchLabels.orValue({})) + size(self.?matchExpressions.orValue([])) > 0",
    message:
      "an empty selector would mean every workload of the namespace: write matchLabels or matchExpressions, or mode: Auto for " +
      "all workloads that read the Secret",
    holds: ({ matchLabels, matchExpressions }) =>
      Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length > 0,
  },
]);

/** `rollout.workloads`: the workloads to restart. */
export const workloadChoice = withRules(
  z.object({
    mode: z
      .enum(["Auto", "Names", "Selector", "None"])
      .optional()
      .describe(
        "The workloads to restart after a rotation. Auto: every Deployment, StatefulSet and DaemonSet of the namespace that " +
          "reads the Secret by env, envFrom or volume. Names: those in names. Selector: those that selector matches. None: " +
          "none. Default: Auto.",
      ),
    names: z
      .array(workloadName)
      .min(1)
      .max(MAX_NAMES)
      .meta({ "x-kubernetes-list-type": "set" })
      .optional()
      .describe(
        "Workloads of this namespace as kind/name, in kubectl's notation: deployment/web, statefulset/db, daemonset/agent. They " +
          "count as readers even if they do not mention the Secret. Required with mode Names, refused otherwise. " +
          `From 1 to ${MAX_NAMES}.`,
      ),
    selector: selector
      .optional()
      .describe(
        "Deployments, StatefulSets and DaemonSets of this namespace, by their own labels (not those of their pods). They count " +
          "as readers even if they do not mention the Secret. Required with mode Selector, refused otherwise. An empty selector " +
          "is refused.",
      ),
  }),
  [
    {
      cel: "(has(self.mode) && self.mode == 'Names') || !has(self.names)",
      message: "names only apply with mode Names: write mode: Names, or remove names",
      holds: (value) => value.mode === "Names" || value.names === undefined,
    },
    {
      cel: "!has(self.mode) || self.mode != 'Names' || has(self.names)",
      message: "mode Names needs names: write for example names: [deployment/web]",
      holds: (value) => value.mode !== "Names" || value.names !== undefined,
    },
    {
      cel: "(has(self.mode) && self.mode == 'Selector') || !has(self.selector)",
      message: "selector only applies with mode Selector: write mode: Selector, or remove selector",
      holds: (value) => value.mode === "Selector" || value.selector === undefined,
    },
    {
      cel: "!has(self.mode) || self.mode != 'Selector' || has(self.selector)",
      message: "mode Selector needs a selector: write for example selector: {matchLabels: {team: payments}}",
      holds: (value) => value.mode !== "Selector" || value.selector !== undefined,
    },
  ],
);

/** The workloads that are restarted and counted. */
export type WorkloadChoice =
  | { readonly kind: "Auto" }
  | { readonly kind: "Names"; readonly names: readonly WorkloadName[] }
  | { readonly kind: "Selector"; readonly selector: LabelSelector }
  | { readonly kind: "None" };

/** Fills in the defaults. */
export function resolveWorkloadChoice(
  workloads: DeepReadonly<z.infer<typeof workloadChoice>> | undefined,
): WorkloadChoice {
  switch (workloads?.mode) {
    case "None":
      return { kind: "None" };
    case "Names":
      return { kind: "Names", names: (workloads.names ?? []).map(parseWorkloadText) };
    case "Selector":
      // The schema requires a selector with mode Selector.
      return { kind: "Selector", selector: workloads.selector ?? {} };
    case "Auto":
    case undefined:
      return { kind: "Auto" };
  }
}

/** Hexadecimal digits of a hash. */
const HASH_LENGTH = 10;

/** Short hash of the workloads that a selector matches, in any order. */
export function selectionHash(workloads: readonly WorkloadName[]): string {
  const names = workloads.map(workloadText).sort().join(" ");
  return createHash("sha256").update(names).digest("hex").slice(0, HASH_LENGTH);
}
