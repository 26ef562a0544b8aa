import { z } from "zod";
import type { condition } from "./condition.ts";
import { objectMeta } from "./object-meta.ts";
import { type Problems, problemsOf } from "./problems.ts";
import type { DeepReadonly } from "./readonly.ts";
import { rotatedSecretSpec } from "./rotated-secret-spec.ts";
import { rotatedSecretStatus } from "./rotated-secret-status.ts";
import { withRules } from "./rules.ts";
import { DEFAULT_TYPE } from "./target.ts";

/** The target's name in CEL. Only the root of the schema sees the resource's own name. */
function targetName(object: "self" | "oldSelf"): string {
  const name = `${object}.spec.target.name`;
  return `(has(${object}.spec.target) && has(${name}) ? ${name} : ${object}.metadata.name)`;
}

/** The target's type in CEL. */
function targetType(object: "self" | "oldSelf"): string {
  const type = `${object}.spec.target.type`;
  return `(has(${object}.spec.target) && has(${type}) ? ${type} : '${DEFAULT_TYPE}')`;
}

/** The target's mode in CEL. */
function targetMode(object: "self" | "oldSelf"): string {
  const mode = `${object}.spec.target.mode`;
  return `(has(${object}.spec.target) && has(${mode}) ? ${mode} : 'Own')`;
}

/** The condition before any operator has processed the resource. Its time is that of Gateway API's default conditions. */
const UNSEEN: z.infer<typeof condition> = {
  type: "Ready",
  status: "Unknown",
  reason: "Pending",
  message: "no operator has processed this resource yet: kubectl get pods -n rotated-secrets",
  lastTransitionTime: "1970-01-01T00:00:00Z",
};

/** The schema of the CRD. */
export const rotatedSecretSchema = withRules(
  z.object({
    spec: rotatedSecretSpec.describe("The desired state."),
    // With this default, kstatus regards a new resource as not ready, so `helm --wait` waits for it.
    status: rotatedSecretStatus
      .default({ observedGeneration: -1, conditions: [UNSEEN] })
      .describe("The observed state."),
  }),
  [],
  [
    {
      cel: `${targetName("self")} == ${targetName("oldSelf")}`,
      message:
        "target.name is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and create one with the new target",
    },
    {
      cel: `${targetType("self")} == ${targetType("oldSelf")}`,
      message:
        "target.type is immutable, like the type of a Secret: delete this RotatedSecret and its Secret, and create the RotatedSecret again",
    },
    {
      cel: `${targetMode("self")} == ${targetMode("oldSelf")}`,
      message:
        "target.mode is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and create one with the new mode",
    },
  ],
).describe(
  "Rotates one secret in AWS Secrets Manager, copies it into one Secret, and restarts the workloads that read that Secret.",
);

/** The desired state. `resolveSpec` fills in the defaults of absent fields. */
export type RotatedSecretSpec = DeepReadonly<z.infer<typeof rotatedSecretSpec>>;
/** The observed state. It is all that the operator remembers across a restart. */
export type RotatedSecretStatus = DeepReadonly<z.infer<typeof rotatedSecretStatus>>;
/** A condition, like `metav1.Condition`. */
export type Condition = DeepReadonly<z.infer<typeof condition>>;
/** The rotation in progress, in `status.rotation`. */
export type RotationStatus = NonNullable<RotatedSecretStatus["rotation"]>;
/** A rotation that has ended, in `status.history`. */
export type PastRotation = NonNullable<RotatedSecretStatus["history"]>[number];
/** The part of an object's metadata that the operator uses. */
export type ObjectMeta = DeepReadonly<z.infer<typeof objectMeta>>;

/** A parsed RotatedSecret. */
export interface RotatedSecret {
  readonly metadata: ObjectMeta;
  /** Without the parts in `faults`. */
  readonly spec: RotatedSecretSpec;
  readonly status: RotatedSecretStatus;
  /** The parts of the spec that the operator cannot use. Absent: it can use all of them. */
  readonly faults?: readonly SpecFault[];
}

/** Parts of the spec that govern only when rotations and restarts start. A problem in one of them stops nothing else. */
const TIMED_PARTS = ["rotation", "windows", "rollout"] as const;
/** One of the parts of the spec that govern only when rotations and restarts start. */
export type TimedPart = (typeof TIMED_PARTS)[number];

/** A part of the spec that passed the API server, but that the operator cannot use. */
export interface SpecFault {
  readonly part: TimedPart;
  readonly problems: Problems;
}

/** The result of parsing an object from the API server. */
export type ParsedRotatedSecret =
  | { readonly kind: "valid"; readonly resource: RotatedSecret }
  /** The spec breaks a rule. The operator may only report this in status. */
  | {
      readonly kind: "invalid";
      readonly metadata: ObjectMeta;
      readonly status: RotatedSecretStatus;
      readonly problems: Problems;
    }
  /** Not even the metadata is valid. */
  | { readonly kind: "unreadable"; readonly problems: Problems };

const envelope = z.object({
  metadata: objectMeta,
  spec: z.unknown().optional(),
  status: z.unknown().optional(),
});

/**
 * Parses a RotatedSecret. It checks all rules again, because the CRD may come from an older or newer release. Never throws.
 * Unknown fields are dropped. So are parts of the spec with a problem that the rest does not depend on: see `faults`.
 */
export function parseRotatedSecret(object: unknown): ParsedRotatedSecret {
  const outer = envelope.safeParse(object);
  if (!outer.success) return { kind: "unreadable", problems: problemsOf(outer.error) };
  const { metadata } = outer.data;
  const status = parseStatus(outer.data.status);
  const spec = rotatedSecretSpec.safeParse(outer.data.spec);
  if (spec.success) return { kind: "valid", resource: { metadata, spec: spec.data, status } };
  const usable = withoutFaults(outer.data.spec, spec.error);
  if (usable !== undefined) return { kind: "valid", resource: { metadata, status, ...usable } };
  return { kind: "invalid", metadata, status, problems: problemsOf(spec.error, ["spec"]) };
}

/** The spec without the parts that have problems; undefined if the rest is not usable either. */
function withoutFaults(
  object: unknown,
  { issues }: z.ZodError,
): Pick<RotatedSecret, "spec" | "faults"> | undefined {
  const fields = z.record(z.string(), z.unknown()).safeParse(object).data ?? {};
  const faults = TIMED_PARTS.flatMap((part) => {
    const own = issues.filter(({ path }) => path[0] === part);
    return own.length === 0 ? [] : [{ part, problems: problemsOf(new z.ZodError(own), ["spec"]) }];
  });
  const broken = new Set<string>(faults.map(({ part }) => part));
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !broken.has(name)));
  const spec = rotatedSecretSpec.safeParse(rest);
  return spec.success ? { spec: spec.data, faults } : undefined;
}

/** Parses status field by field. A field that another release wrote in an unknown form is dropped; the others stay. */
function parseStatus(object: unknown): RotatedSecretStatus {
  const known: Record<string, unknown> = { observedGeneration: -1 };
  const fields = z.record(z.string(), z.unknown()).safeParse(object ?? {}).data ?? {};
  for (const [name, schema] of Object.entries(rotatedSecretStatus.shape)) {
    if (!(name in fields)) continue;
    const field = schema.safeParse(fields[name]);
    if (field.success) known[name] = field.data;
  }
  return rotatedSecretStatus.parse(known);
}
