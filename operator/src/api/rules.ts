import type { z } from "zod";

/**
 * A rule that two parties keep: the API server, which refuses a resource that breaks it (as CEL in the CRD), and the
 * operator, which meets resources that an older or newer CRD let in (as a check in zod). Both give the same message.
 */
export interface Rule<Value> {
  /** The rule in CEL, over `self`. */
  readonly cel: string;
  /** What to write instead, for whoever applied the resource. */
  readonly message: string;
  /** The same rule over the parsed value. */
  readonly holds: (value: Value) => boolean;
}

/** A rule about a change, which only the API server can keep: it alone sees the old resource (`oldSelf`). */
export interface ChangeRule {
  readonly cel: string;
  readonly message: string;
}

/** The schema with its rules, in zod and in the CRD (`x-kubernetes-validations`). */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  rules: readonly (Rule<z.output<Schema>> | ChangeRule)[],
): Schema {
  const checked = rules.reduce<Schema>(
    (result, rule) => ("holds" in rule ? result.refine(rule.holds, rule.message) : result),
    schema,
  );
  return checked.meta({
    "x-kubernetes-validations": rules.map(({ cel, message }) => ({ rule: cel, message })),
  });
}
