import type { ResolvedSpec } from "../api/resolved-spec.ts";
import type { RotatedSecret } from "../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { AwsProblem } from "../ports/aws-problem.ts";
import type { Fact, Instant } from "../ports/fact.ts";
import type { CatalogueEntry, VersionCreatedAt } from "../ports/secret-catalogue.ts";
import type { ValueReading } from "../ports/secret-values.ts";
import type { ServiceAccountReading } from "../ports/service-accounts.ts";
import type { TargetSecret } from "../ports/target-secrets.ts";
import type { KeyNeeds, ReaderPod, Workload } from "../ports/workloads.ts";
import type { Refusal } from "../ports/write-refused.ts";
import type { Turn } from "./intents/aws-secret.ts";
import type { IntentProgress } from "./intents/intent.ts";

/**
 * Everything that a decision about one RotatedSecret needs, as a plain value. To see what the operator does in a situation,
 * write the situation as a World and call `decide`. README.md shows the scenarios.
 */
export interface World {
  readonly now: Instant;
  /** When this operator process started. Calls of an earlier process were made before. */
  readonly operatorStartedAt: Instant;
  readonly resource: RotatedSecret;
  /** The resource's spec with every default filled in. */
  readonly spec: ResolvedSpec;
  readonly policies: readonly SecretAccessPolicy[];
  /** Labels of the namespace; undefined while the namespace is not known. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
  /** The ServiceAccount that calls AWS; unknown if the operator's own identity calls it. */
  readonly account: Fact<ServiceAccountReading>;
  readonly source: Fact<CatalogueEntry>;
  readonly versionCreatedAt: Fact<VersionCreatedAt | { readonly problem: AwsProblem }>;
  readonly value: Fact<ValueReading>;
  readonly target: Fact<TargetSecret>;
  readonly workloads: readonly Workload[];
  readonly pods: Fact<readonly ReaderPod[]>;
  /** The keys of the Secret that readers need. Read only if a key is about to be removed. */
  readonly keyNeeds: Fact<KeyNeeds>;
  /** Whether another RotatedSecret of the same AWS secret is about to rotate it. */
  readonly turn: Fact<Turn>;
  /** How far this pass has come with the intent in status. */
  readonly intent: IntentProgress;
  /** Writes that the API server refused in this pass. The next pass tries them again. */
  readonly refusals: readonly Refusal[];
}

/** The facts that a phase can have read at their source. */
export type FactName =
  | "account"
  | "source"
  | "versionCreatedAt"
  | "value"
  | "target"
  | "pods"
  | "keyNeeds"
  | "turn";
