import { describe, expect, it } from "vitest";
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS, versionWithLabel } from "./labels.ts";

describe("versionWithLabel", () => {
  const stages = new Map([
    ["v1", [AWSPREVIOUS]],
    ["v2", ["mine", AWSCURRENT]],
    ["v3", []],
  ]);

  it.each([
    [AWSPREVIOUS, "v1"],
    [AWSCURRENT, "v2"],
    ["mine", "v2"],
    [AWSPENDING, undefined],
  ])("finds %s on %s", (label, version) => {
    expect(versionWithLabel(stages, label)).toBe(version);
  });
});
