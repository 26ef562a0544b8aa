import { describe, expect, it } from "vitest";
import type { Condition } from "../../api/rotated-secret.ts";
import { NOW, resource } from "../testing/world.ts";
import { invalidSpecStatus } from "./invalid-spec.ts";

const { metadata } = resource();
const BEFORE = "2026-01-01T00:00:00.000Z";
const condition = (type: string, status: Condition["status"], reason: string): Condition => ({
  ...{ type, status, reason, message: "as it was", lastTransitionTime: BEFORE },
});

function conditionsAfter(...conditions: readonly Condition[]) {
  const invalid = {
    metadata,
    status: { observedGeneration: 1, conditions },
    problems: ["spec.target: broken"],
  };
  return invalidSpecStatus(invalid, NOW).conditions;
}

describe("a spec that is not usable at all", () => {
  it("leaves Ready True where the Secret was there, and the other conditions as they were", () => {
    const current = condition("Current", "True", "UpToDate");
    const ready = condition("Ready", "True", "Synced");
    expect(conditionsAfter(ready, current)).toMatchObject([
      { type: "Ready", status: "True", reason: "InvalidSpec", lastTransitionTime: BEFORE },
      { type: "Reconciling", status: "False" },
      { type: "Stalled", status: "True", message: expect.stringContaining("spec.target: broken") },
      current,
    ]);
  });

  it.each([
    ["a new resource", []],
    ["a resource without a Secret", [condition("Ready", "False", "SecretMissing")]],
  ])("is not Ready in %s", (_, before) => {
    expect(conditionsAfter(...before)?.[0]).toMatchObject({ type: "Ready", status: "False" });
  });
});
