import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { describe, expect, it } from "vitest";
import { currentVersion, haveSameLabels, labelsOf, pendingVersion, versionWith } from "./staging-labels.ts";

const version = (n: number) => parseVersionId(`version-${String(n).padStart(24, "0")}`);
const staged = (...labels: readonly (readonly string[])[]) => ({
  stages: new Map(labels.map((each, i) => [version(i + 1), each])),
});

describe("the version with a label", () => {
  const secret = staged([AWSPREVIOUS], [AWSCURRENT], [AWSPENDING, "mine"]);

  it.each([
    [AWSPREVIOUS, version(1)],
    [AWSCURRENT, version(2)],
    [AWSPENDING, version(3)],
    ["mine", version(3)],
    ["none", undefined],
  ])("%s", (label, expected) => {
    expect(versionWith(secret, label)).toBe(expected);
  });

  it("is the current one, or the one of a rotation under way", () => {
    expect([currentVersion(secret), pendingVersion(secret)]).toEqual([version(2), version(3)]);
    expect([currentVersion(staged()), pendingVersion(staged())]).toEqual([undefined, undefined]);
  });

  it("is not pending when AWSPENDING was left on the current version", () => {
    expect(pendingVersion(staged([AWSPREVIOUS], [AWSCURRENT, AWSPENDING]))).toBeUndefined();
  });
});

it("a version without labels has none", () => {
  const secret = staged([AWSCURRENT]);
  expect(labelsOf(secret, version(1))).toEqual([AWSCURRENT]);
  expect(labelsOf(secret, version(2))).toEqual([]);
});

it.each([
  ["equal ones", [["a", "b"]], [["a", "b"]], true],
  ["another order of labels", [["a", "b"]], [["b", "a"]], true],
  ["a label more", [["a"]], [["a", "b"]], false],
  ["a label less", [["a", "b"]], [["a"]], false],
  ["another label", [["a"]], [["b"]], false],
  ["a version more", [["a"]], [["a"], []], false],
  ["a label on another version", [["a"], []], [[], ["a"]], false],
])("same labels: %s", (_name, a, b, expected) => {
  expect(haveSameLabels(staged(...a), staged(...b))).toBe(expected);
});
