import { z } from "zod";
import type { DeepReadonly } from "./readonly.ts";
import { withRules } from "./rules.ts";

const value = () => z.string().max(63);

const expression = withRules(
  z.object({
    key: z.string().min(1).max(317).describe("The label."),
    operator: z
      .enum(["In", "NotIn", "Exists", "DoesNotExist"])
      .describe(
        "In, NotIn: the label has, or has not, one of values (NotIn holds without the label too). Exists, DoesNotExist: the label is there, or is not.",
      ),
    values: z
      .array(value())
      .max(64)
      .meta({ "x-kubernetes-list-type": "atomic" })
      .optional()
      .describe("The values for In and NotIn, at most 64."),
  }),
  [
    {
      cel: "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
      message: "operator In or NotIn needs values",
      holds: ({ operator, values }) => !["In", "NotIn"].includes(operator) || (values ?? []).length > 0,
    },
    {
      cel: "self.operator in ['In', 'NotIn'] || !has(self.values) || size(self.values) == 0",
      message: "operator Exists or DoesNotExist takes no values: remove them, or write In or NotIn",
      holds: ({ operator, values }) => ["In", "NotIn"].includes(operator) || (values ?? []).length === 0,
    },
  ],
);

/** A label selector as in Kubernetes' own `metav1.LabelSelector`. */
export const labelSelector = z.object({
  matchLabels: z
    .record(z.string(), value())
    .meta({ maxProperties: 32 })
    .optional()
    .describe("Labels and the values that they must have, at most 32."),
  matchExpressions: z
    .array(expression)
    .max(32)
    .meta({ "x-kubernetes-list-type": "atomic" })
    .optional()
    .describe("Conditions on labels that must hold, at most 32."),
});

/** A label selector. */
export type LabelSelector = DeepReadonly<z.infer<typeof labelSelector>>;

type Labels = Readonly<Record<string, string>>;

/** Whether the labels meet all that the selector asks. As in Kubernetes, the empty selector asks for nothing: it matches everything. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(
    ([key, wanted]) => labelOf(labels, key) === wanted,
  );
  return equal && (selector.matchExpressions ?? []).every((wanted) => meets(wanted, labels));
}

function meets(wanted: NonNullable<LabelSelector["matchExpressions"]>[number], labels: Labels): boolean {
  const label = labelOf(labels, wanted.key);
  switch (wanted.operator) {
    case "In":
      return label !== undefined && (wanted.values ?? []).includes(label);
    case "NotIn":
      return label === undefined || !(wanted.values ?? []).includes(label);
    case "Exists":
      return label !== undefined;
    case "DoesNotExist":
      return label === undefined;
  }
}

// Labels are written by users: `constructor` is a valid name, and must not be found on Object's prototype.
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
