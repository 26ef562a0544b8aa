import type { ResolvedSpec } from "../api/resolved-spec.ts";
import type { RotatedSecret } from "../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { AwsProblem } from "../ports/aws-problem.ts";
import type { Fact, Instant } from "../ports/fact.ts";
import type { CatalogueEntry, VersionCreatedAt } from "../ports/secret-catalogue.ts";
import type { ValueReading } from "../ports/secret-values.ts";
import type { ServiceAccountReading } from "../ports/service-accounts.ts";
import type { TargetSecret } from "../ports/target-secrets.ts";
import type { ReaderPod, Workload } from "../ports/workloads.ts";
import type { Refusal } from "../ports/write-refused.ts";
import type { Turn } from "./intents/aws-secret.ts";
import type { IntentProgress } from "./intents/intent.ts";

/**
 * All that a decision about one RotatedSecret needs, as one plain value. Whoever wants to know what the operator would
 * do in a situation writes the situation down as a World and calls `decide`.
 */
export interface World {
  readonly now: Instant;
  /** When this operator process started: a call that an earlier one made was made before. */
  readonly operatorStartedAt: Instant;
  readonly resource: RotatedSecret;
  /** The resource's spec with every default filled in. */
  readonly spec: ResolvedSpec;
  readonly policies: readonly SecretAccessPolicy[];
  /** Labels of the resource's namespace; undefined while the namespace is not known. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
  /** The ServiceAccount in whose name AWS is called; unknown where it is called as the operator. */
  readonly account: Fact<ServiceAccountReading>;
  readonly source: Fact<CatalogueEntry>;
  readonly versionCreatedAt: Fact<VersionCreatedAt | { readonly problem: AwsProblem }>;
  readonly value: Fact<ValueReading>;
  readonly target: Fact<TargetSecret>;
  readonly workloads: readonly Workload[];
  readonly pods: Fact<readonly ReaderPod[]>;
  /** Whether another RotatedSecret of the same AWS secret is about to rotate it. */
  readonly turn: Fact<Turn>;
  /** How far this pass has come with the intent in status. */
  readonly intent: IntentProgress;
  /** What the API server did not let be written in this pass; it is tried again in the next. */
  readonly refusals: readonly Refusal[];
}

/** The facts that a phase may ask to be read at their source. */
export type FactName = "account" | "source" | "versionCreatedAt" | "value" | "target" | "pods" | "turn";
