import { type AwsIdentity, OPERATOR } from "./aws-identity.ts";
import { parseDuration } from "./duration.ts";
import type { RotatedSecret, RotatedSecretSpec } from "./rotated-secret.ts";

/** When the operator rotates by itself. */
export type Schedule =
  | { readonly kind: "cron"; readonly cron: string; readonly timeZone: string }
  | { readonly kind: "every"; readonly everyMs: number };

/** Who rotates. */
export type Trigger =
  | { readonly kind: "Schedule"; readonly schedule: Schedule }
  | { readonly kind: "External" }
  | { readonly kind: "Manual" };

/** Which workloads are restarted. Names are those of Deployments, without their kind. */
export type WorkloadChoice =
  | { readonly kind: "Auto" }
  | { readonly kind: "Names"; readonly deployments: readonly string[] }
  | { readonly kind: "None" };

/** A spec in which every field has its meaning, so that nobody else has to know what an absent one means. */
export interface ResolvedSpec {
  /** Name or ARN. */
  readonly secretId: string;
  readonly region: string;
  /** With whose rights AWS is called for it. */
  readonly identity: AwsIdentity;
  readonly trigger: Trigger;
  readonly rotationTimeoutMs: number;
  readonly targetName: string;
  readonly workloads: WorkloadChoice;
  readonly rolloutTimeoutMs: number;
  readonly suspended: boolean;
}

const TIMEOUT = "10m";

/** Fills in what absent fields mean. `region` is the operator's own. The spec must have been parsed. */
export function resolveSpec(
  { metadata, spec }: RotatedSecret,
  defaults: { readonly region: string },
): ResolvedSpec {
  return {
    secretId: spec.secretId,
    region: spec.region ?? regionOfArn(spec.secretId) ?? defaults.region,
    identity: identityOf(metadata.namespace, spec.auth),
    trigger: triggerOf(spec.rotation),
    rotationTimeoutMs: parseDuration(spec.rotation?.timeout ?? TIMEOUT),
    targetName: spec.target?.name ?? metadata.name,
    workloads: workloadsOf(spec.rollout?.workloads),
    rolloutTimeoutMs: parseDuration(spec.rollout?.timeout ?? TIMEOUT),
    suspended: spec.suspend ?? false,
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
  // The schema lets exactly one of the two through.
  return { kind: "Schedule", schedule: { kind: "every", everyMs: parseDuration(schedule.every ?? "") } };
}

function workloadsOf(workloads: NonNullable<RotatedSecretSpec["rollout"]>["workloads"]): WorkloadChoice {
  if (workloads?.mode === "None") return { kind: "None" };
  if (workloads?.mode !== "Names") return { kind: "Auto" };
  return {
    kind: "Names",
    deployments: (workloads.names ?? []).map((name) => name.slice("deployment/".length)),
  };
}
