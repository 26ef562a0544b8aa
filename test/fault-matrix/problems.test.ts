import { describe, expect, it } from "vitest";
import { type EndedCourse, problemsOf } from "./problems.ts";
import type { SecretState } from "./secret-states.ts";
import type { Traces } from "./traces.ts";

const data = { v1: { password: "one", username: "app" }, v2: { password: "two", username: "app" } };

function state(versionId: keyof typeof data, more: Partial<SecretState> = {}): SecretState {
  return { event: "MODIFIED", versionId, data: data[versionId], ...more };
}

const BEFORE: Traces = {
  rotations: [],
  takenUp: 1,
  current: ["v1"],
  workloads: { web: { changes: 3, rollouts: 3 } },
  pods: [{ state: "ready" }],
  states: [state("v1")],
};
const SYNCED: Traces = {
  ...BEFORE,
  current: ["v1", "v2"],
  workloads: { web: { changes: 4, rollouts: 4 } },
  states: [state("v1"), state("v2")],
};
const ROTATED: Traces = { ...SYNCED, rotations: [{ token: "v2", outcome: "succeeded" }], takenUp: 2 };

function problems(course: EndedCourse["course"], after: Traces) {
  return problemsOf({
    course,
    versionId: "v2",
    before: BEFORE,
    after,
    dataOf: new Map(Object.entries(data)),
  });
}

describe("a course of which nothing is wrong", () => {
  it("is a sync that was done once", () => expect(problems("sync", SYNCED)).toEqual([]));
  it("is a rotation that was done once", () => expect(problems("rotation", ROTATED)).toEqual([]));
});

describe("a problem is reported", () => {
  const rotation = { token: "v2", outcome: "succeeded" };
  const cases: readonly (readonly [string, Partial<Traces>, RegExp])[] = [
    [
      "a second rotation",
      { rotations: [rotation, { ...rotation, token: "v3" }] },
      /AWS made the rotations .*v3/,
    ],
    [
      "a rotation that failed",
      { rotations: [{ ...rotation, outcome: "failed" }] },
      /AWS made the rotations .*failed/,
    ],
    ["a second call of RotateSecret that was taken up", { takenUp: 3 }, /^2 calls of RotateSecret/],
    ["AWSCURRENT that went back and forth", { current: ["v1", "v2", "v1", "v2"] }, /AWSCURRENT moved to/],
    [
      "a second change of a Deployment",
      { workloads: { web: { changes: 5, rollouts: 4 } } },
      /^2 changes of Deployment web/,
    ],
    [
      "a second rollout",
      { workloads: { web: { changes: 4, rollouts: 5 } } },
      /^2 rollouts of Deployment web/,
    ],
    ["no restart", { workloads: BEFORE.workloads }, /^0 changes of Deployment web/],
    ["a pod that is not ready", { pods: [{ state: "not ready" }] }, /^0 ready pods/],
    ["a pod too many", { pods: [{ state: "ready" }, { state: "terminating" }] }, /^2 pods/],
    [
      "a Secret that was deleted",
      { states: [state("v1"), state("v1", { event: "DELETED" }), state("v2")] },
      /deleted/,
    ],
    [
      "a Secret that was empty",
      { states: [state("v1"), state("v1", { data: {} }), state("v2")] },
      /version v1 and did not carry its data/,
    ],
    [
      "a Secret with another version's password",
      { states: [state("v1"), state("v2", { data: data.v1 }), state("v2")] },
      /version v2 and did not/,
    ],
    [
      "a Secret without its version",
      { states: [state("v1"), state("v2"), state("v2", { versionId: undefined })] },
      /no version/,
    ],
    [
      "a Secret that went back",
      { states: [state("v1"), state("v2"), state("v1"), state("v2")] },
      /the Secret went to/,
    ],
    ["a Secret that stayed", { states: BEFORE.states }, /the Secret went to \[\]/],
  ];
  it.each(cases)("of %s", (_, difference, told) => {
    const found = problems("rotation", { ...ROTATED, ...difference });
    expect(found.filter((problem) => told.test(problem))).not.toEqual([]);
    for (const value of ["one", "two"]) expect(found.join()).not.toContain(value);
  });

  it("of a rotation where nothing was to be rotated", () =>
    expect(problems("sync", ROTATED).join()).toMatch(/AWS made the rotations/));
});
