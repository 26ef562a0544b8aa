import type { z } from "zod";

/**
 * A rule that is checked twice with the same message: by the API server, as CEL in the CRD, and by the operator, in zod. The
 * operator checks it too because an older or newer CRD may have accepted the resource.
 */
export interface Rule<Value> {
  /** The rule in CEL, over `self`. */
  readonly cel: string;
  /** What to write instead. */
  readonly message: string;
  /** The same rule for the parsed value. */
  readonly holds: (value: Value) => boolean;
  /** More exact messages for common mistakes. The first that applies replaces `message`. */
  readonly hints?: readonly Hint<Value>[];
}

/** A message for one common mistake. */
export interface Hint<Value> {
  /** Whether the mistake was made, in CEL over `self`. */
  readonly cel: string;
  /** What to write instead. */
  readonly message: string;
  /** The same condition for the parsed value. */
  readonly applies: (value: Value) => boolean;
}

/** A rule that only the API server can check, such as one about a change: it alone sees the old resource (`oldSelf`). */
export type ServerRule = Pick<Rule<never>, "cel" | "message">;

/** The schema with its rules: `rules` in zod and in the CRD (`x-kubernetes-validations`), `serverRules` in the CRD only. */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  rules: readonly Rule<z.output<Schema>>[],
  serverRules: readonly ServerRule[] = [],
): Schema {
  const checked = rules.reduce<Schema>(
    (result, rule) => result.refine(rule.holds, { error: ({ input }) => messageFor(rule, input) }),
    schema,
  );
  return checked.meta({
    "x-kubernetes-validations": [
      ...rules.map(({ cel, message, hints = [] }) => ({
        rule: cel,
        message,
        ...(hints.length === 0 ? {} : { messageExpression: messageExpression(message, hints) }),
      })),
      ...serverRules.map(({ cel, message }) => ({ rule: cel, message })),
    ],
  });
}

function messageFor<Value>({ message, hints = [] }: Rule<Value>, value: unknown): string {
  return hints.find(({ applies }) => applies(value as Value))?.message ?? message;
}

/** Kubernetes: the message that the API server shows instead of `message`, in CEL. */
function messageExpression(message: string, hints: readonly Hint<never>[]): string {
  const choices = hints.map((hint) => `${hint.cel} ? ${JSON.stringify(hint.message)} : `);
  return choices.join("") + JSON.stringify(message);
}
