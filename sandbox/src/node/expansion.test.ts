import { describe, expect, it } from "vitest";
import { expandVariables } from "./expansion.ts";

describe("expandVariables", () => {
  // The cases are those of Kubernetes' own expand_test.go.
  it.each([
    ["$(VAR_A)", "A"],
    ["___$(VAR_B)___", "___B___"],
    ["$(VAR_A)$(VAR_B)", "AB"],
    ["$$(VAR_A)", "$(VAR_A)"],
    ["$$$(VAR_A)", "$A"],
    ["$(UNKNOWN)", "$(UNKNOWN)"],
    ["$VAR_A", "$VAR_A"],
    ["$(EMPTY)", ""],
    ["$(VAR_A", "$(VAR_A"],
    ["a$", "a$"],
    ["$(constructor)", "$(constructor)"],
  ])("turns %s into %s", (text, expanded) => {
    expect(expandVariables(text, { VAR_A: "A", VAR_B: "B", EMPTY: "" })).toBe(expanded);
  });
});
