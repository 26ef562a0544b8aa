import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import { type AwsIdentity, OPERATOR } from "./aws-identity.ts";
import { parseDuration } from "./duration.ts";
import { type ResolvedTarget, resolveTarget } from "./resolved-target.ts";
import type { RotatedSecret, RotatedSecretSpec, SpecFault } from "./rotated-secret.ts";
import { resolveWindows, type Window } from "./window.ts";
import { resolveWorkloadChoice, type WorkloadChoice } from "./workload-choice.ts";

/** When the operator starts rotations. */
export type Schedule =
  | { readonly kind: "cron"; readonly cron: string; readonly timeZone: string }
  | { readonly kind: "every"; readonly everyMs: number };

/** How rotations start. */
export type Trigger =
  | { readonly kind: "Schedule"; readonly schedule: Schedule }
  | { readonly kind: "External" }
  | { readonly kind: "Manual" };

/** A spec with all defaults filled in, so that no other code needs to know them. */
export interface ResolvedSpec {
  /** Name or ARN. */
  readonly secretId: string;
  readonly region: string;
  /** The AWS identity for its calls. */
  readonly identity: AwsIdentity;
  readonly trigger: Trigger;
  /** The age of the current version at which the operator rotates, with any trigger. */
  readonly maxAgeMs: number | undefined;
  /** When rotations and restarts may start. Empty: at any time. */
  readonly windows: readonly Window[];
  readonly rotationTimeoutMs: number;
  readonly targetName: string;
  readonly target: ResolvedTarget;
  readonly workloads: WorkloadChoice;
  readonly rolloutTimeoutMs: number;
  /** The version that the Secret must hold, independent of AWSCURRENT. */
  readonly pin: VersionId | undefined;
  readonly suspended: boolean;
  /** The parts of the spec that the operator cannot use. They have their defaults here. */
  readonly faults: readonly SpecFault[];
}

const TIMEOUT = "10m";

/** Fills in the defaults of a parsed spec. `region` is the operator's own. */
export function resolveSpec(
  { metadata, spec, faults = [] }: RotatedSecret,
  defaults: { readonly region: string },
): ResolvedSpec {
  const targetName = spec.target?.name ?? metadata.name;
  return {
    secretId: spec.secretId,
    region: spec.region ?? regionOfArn(spec.secretId) ?? defaults.region,
    identity: identityOf(metadata.namespace, spec.auth),
    trigger: triggerOf(spec.rotation),
    maxAgeMs: spec.rotation?.maxAge === undefined ? undefined : parseDuration(spec.rotation.maxAge),
    windows: resolveWindows(spec.windows),
    rotationTimeoutMs: parseDuration(spec.rotation?.timeout ?? TIMEOUT),
    targetName,
    target: resolveTarget(targetName, spec.target),
    workloads: resolveWorkloadChoice(spec.rollout?.workloads),
    rolloutTimeoutMs: parseDuration(spec.rollout?.timeout ?? TIMEOUT),
    pin: spec.pin === undefined ? undefined : parseVersionId(spec.pin.versionId),
    suspended: spec.suspend ?? false,
    faults,
  };
}

function identityOf(namespace: string, auth: RotatedSecretSpec["auth"]): AwsIdentity {
  if (auth === undefined) return OPERATOR;
  return { kind: "ServiceAccount", namespace, name: auth.serviceAccountName, roleArn: auth.roleArn };
}

function regionOfArn(secretId: string): string | undefined {
  return secretId.startsWith("arn:") ? secretId.split(":")[3] : undefined;
}

function triggerOf(rotation: RotatedSecretSpec["rotation"]): Trigger {
  const schedule = rotation?.schedule;
  if (rotation?.trigger !== "Schedule" || schedule === undefined) {
    return { kind: rotation?.trigger === "Manual" ? "Manual" : "External" };
  }
  if (schedule.cron !== undefined) {
    const timeZone = schedule.timeZone ?? "UTC";
    return { kind: "Schedule", schedule: { kind: "cron", cron: schedule.cron, timeZone } };
  }
  // The schema allows exactly one of the two.
  return { kind: "Schedule", schedule: { kind: "every", everyMs: parseDuration(schedule.every ?? "") } };
}
