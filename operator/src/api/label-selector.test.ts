import { describe, expect, it } from "vitest";
import { type LabelSelector, matchesLabels } from "./label-selector.ts";

const labels = { team: "payments", tier: "backend" };

const cases: readonly [string, LabelSelector, boolean][] = [
  ["the empty selector", {}, true],
  ["an equal label", { matchLabels: { team: "payments" } }, true],
  ["a label of another value", { matchLabels: { team: "orders" } }, false],
  ["one of two labels missing", { matchLabels: { team: "payments", stage: "prod" } }, false],
  [
    "In with the value",
    { matchExpressions: [{ key: "team", operator: "In", values: ["orders", "payments"] }] },
    true,
  ],
  [
    "In without the value",
    { matchExpressions: [{ key: "team", operator: "In", values: ["orders"] }] },
    false,
  ],
  [
    "In on a missing label",
    { matchExpressions: [{ key: "stage", operator: "In", values: ["prod"] }] },
    false,
  ],
  [
    "NotIn with the value",
    { matchExpressions: [{ key: "team", operator: "NotIn", values: ["payments"] }] },
    false,
  ],
  [
    "NotIn without the value",
    { matchExpressions: [{ key: "team", operator: "NotIn", values: ["orders"] }] },
    true,
  ],
  [
    "NotIn on a missing label",
    { matchExpressions: [{ key: "stage", operator: "NotIn", values: ["prod"] }] },
    true,
  ],
  ["Exists", { matchExpressions: [{ key: "team", operator: "Exists" }] }, true],
  ["Exists on a missing label", { matchExpressions: [{ key: "stage", operator: "Exists" }] }, false],
  ["DoesNotExist", { matchExpressions: [{ key: "team", operator: "DoesNotExist" }] }, false],
  [
    "DoesNotExist on a missing label",
    { matchExpressions: [{ key: "stage", operator: "DoesNotExist" }] },
    true,
  ],
  [
    "labels that match and an expression that does not",
    { matchLabels: { team: "payments" }, matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] },
    false,
  ],
  [
    "a label named like a property of every object",
    { matchExpressions: [{ key: "constructor", operator: "Exists" }] },
    false,
  ],
];

describe("a label selector", () => {
  it.each(cases)("%s: %j matches: %s", (_, selector, expected) => {
    expect(matchesLabels(selector, labels)).toBe(expected);
  });
});
