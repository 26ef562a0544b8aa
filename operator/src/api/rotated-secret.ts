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

/** The target's type in CEL; one that is not named is the default. */
function targetType(object: "self" | "oldSelf"): string {
  const type = `${object}.spec.target.type`;
  return `(has(${object}.spec.target) && has(${type}) ? ${type} : '${DEFAULT_TYPE}')`;
}

/** What the CRD's schema is made from. */
export const rotatedSecretSchema = withRules(
  z.object({
    spec: rotatedSecretSpec.describe("What is wanted."),
    // The default makes a resource that nobody has seen yet look unready to kstatus, so `helm --wait` waits for it.
    status: rotatedSecretStatus
      .default({ observedGeneration: -1 })
      .describe("What the operator has seen and done."),
  }),
  [],
  [
    {
      cel: `${targetName("self")} == ${targetName("oldSelf")}`,
      message:
        "target.name is immutable: delete this RotatedSecret (its Secret stays, unless deletionPolicy is Delete) and make one with the other target",
    },
    {
      cel: `${targetType("self")} == ${targetType("oldSelf")}`,
      message:
        "target.type is immutable, as a Secret's own type is: delete this RotatedSecret and its Secret, and make them anew",
    },
  ],
).describe(
  "Keeps one secret of AWS Secrets Manager rotated, in one Secret of the cluster, and in the workloads that read it.",
);

/** What the user asks for. Absent fields have the meaning that `resolveSpec` gives them. */
export type RotatedSecretSpec = DeepReadonly<z.infer<typeof rotatedSecretSpec>>;
/** What the operator has seen and done; all that it remembers over a restart. */
export type RotatedSecretStatus = DeepReadonly<z.infer<typeof rotatedSecretStatus>>;
/** A condition as in `metav1.Condition`. */
export type Condition = DeepReadonly<z.infer<typeof condition>>;
/** The rotation under way, in `status.rotation`. */
export type RotationStatus = NonNullable<RotatedSecretStatus["rotation"]>;
/** A rotation that has ended, in `status.history`. */
export type PastRotation = NonNullable<RotatedSecretStatus["history"]>[number];
/** What the operator uses of an object's metadata. */
export type ObjectMeta = DeepReadonly<z.infer<typeof objectMeta>>;

/** A RotatedSecret as the operator works on it. */
export interface RotatedSecret {
  readonly metadata: ObjectMeta;
  readonly spec: RotatedSecretSpec;
  readonly status: RotatedSecretStatus;
}

/** What became of an object that the API server handed out. */
export type ParsedRotatedSecret =
  | { readonly kind: "valid"; readonly resource: RotatedSecret }
  /** The spec breaks a rule: nothing may be done for it, except to say so in its status. */
  | {
      readonly kind: "invalid";
      readonly metadata: ObjectMeta;
      readonly status: RotatedSecretStatus;
      readonly problems: Problems;
    }
  /** Not even metadata is as the API server promises: there is no object to speak of. */
  | { readonly kind: "unreadable"; readonly problems: Problems };

const envelope = z.object({
  metadata: objectMeta,
  spec: z.unknown().optional(),
  status: z.unknown().optional(),
});

/**
 * Reads a RotatedSecret without trust in the CRD that let it in, which an older or newer release may have installed.
 * Never throws. Unknown fields are dropped.
 */
export function parseRotatedSecret(object: unknown): ParsedRotatedSecret {
  const outer = envelope.safeParse(object);
  if (!outer.success) return { kind: "unreadable", problems: problemsOf(outer.error) };
  const { metadata } = outer.data;
  const status = parseStatus(outer.data.status);
  const spec = rotatedSecretSpec.safeParse(outer.data.spec);
  if (!spec.success) return { kind: "invalid", metadata, status, problems: problemsOf(spec.error, ["spec"]) };
  return { kind: "valid", resource: { metadata, spec: spec.data, status } };
}

/** Field by field: a field that another release wrote in an unknown form is left out, and the others are kept. */
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
