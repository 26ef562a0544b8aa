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

/** A rule that only the API server can check, such as one about a change: it alone sees the old resource (`oldSelf`). */
export type ServerRule = Pick<Rule<never>, "cel" | "message">;

/** The schema with its rules: `rules` in zod and in the CRD (`x-kubernetes-validations`), `serverRules` in the CRD only. */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  rules: readonly Rule<z.output<Schema>>[],
  serverRules: readonly ServerRule[] = [],
): Schema {
  const checked = rules.reduce<Schema>((result, rule) => result.refine(rule.holds, rule.message), schema);
  return checked.meta({
    "x-kubernetes-validations": [...rules, ...serverRules].map(({ cel, message }) => ({
      rule: cel,
      message,
    })),
  });
}
