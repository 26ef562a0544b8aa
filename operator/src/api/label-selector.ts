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
        "In: the label has one of values. NotIn: the label has none of values, or does not exist. Exists, DoesNotExist: the " +
          "label exists, or does not exist.",
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

/** A label selector with the schema of Kubernetes' `metav1.LabelSelector`. */
export const labelSelector = z.object({
  matchLabels: z
    .record(z.string(), value())
    .meta({ maxProperties: 32 })
    .optional()
    .describe("Required labels and their values, at most 32."),
  matchExpressions: z
    .array(expression)
    .max(32)
    .meta({ "x-kubernetes-list-type": "atomic" })
    .optional()
    .describe("Required conditions on labels, at most 32."),
});

/** A label selector. */
export type LabelSelector = DeepReadonly<z.infer<typeof labelSelector>>;

type Labels = Readonly<Record<string, string>>;

/** Whether the labels match the selector. As in Kubernetes, the empty selector matches everything. */
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

// A user may name a label `constructor`. It must not be found on Object's prototype.
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
