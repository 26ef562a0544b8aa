import { isDeepStrictEqual } from "node:util";
import type { Course } from "./course.ts";
import type { SecretState } from "./secret-states.ts";
import type { Traces } from "./traces.ts";

/** A course that has come to its end. */
export interface EndedCourse {
  readonly course: Course;
  /** The version that is to be everywhere. */
  readonly versionId: string;
  readonly before: Traces;
  readonly after: Traces;
  /** The data of every version that the Secret has carried since. */
  readonly dataOf: ReadonlyMap<string, SecretState["data"]>;
}

/**
 * The problems in the traces of a course, a sentence each, without values; none if everything was done once and
 * the Secret was whole at every moment.
 */
export function problemsOf({ course, versionId, before, after, dataOf }: EndedCourse): readonly string[] {
  const rotations = after.rotations.slice(before.rotations.length);
  const current = after.current.slice(before.current.length);
  const states = after.states.slice(before.states.length);
  const expected = course === "rotation" ? [{ token: versionId, outcome: "succeeded" }] : [];
  return [
    ...unless(isDeepStrictEqual(rotations, expected), `AWS made the rotations ${JSON.stringify(rotations)}`),
    ...counted("calls of RotateSecret that AWS took up", after.takenUp - before.takenUp, expected.length),
    ...unless(isDeepStrictEqual(current, [versionId]), `AWSCURRENT moved to ${JSON.stringify(current)}`),
    ...Object.keys(after.workloads).flatMap((name) => restartProblems(name, before, after)),
    ...podProblems(after),
    ...states.flatMap((state) => wholeness(state, dataOf)),
    ...stepProblems([...before.states.slice(-1), ...states], versionId),
  ];
}

/** One restart is one change of the template and one rollout. */
function restartProblems(name: string, before: Traces, after: Traces): readonly string[] {
  return (["changes", "rollouts"] as const).flatMap((what) => {
    const count = (after.workloads[name]?.[what] ?? 0) - (before.workloads[name]?.[what] ?? 0);
    return counted(`${what} of Deployment ${name}`, count, 1);
  });
}

function podProblems({ pods, workloads }: Traces): readonly string[] {
  const ready = pods.filter(({ state }) => state === "ready").length;
  const replicas = Object.keys(workloads).length;
  return [...counted("pods", pods.length, replicas), ...counted("ready pods", ready, replicas)];
}

function wholeness(
  { event, versionId, data }: SecretState,
  dataOf: EndedCourse["dataOf"],
): readonly string[] {
  if (event === "DELETED") return ["the Secret was deleted"];
  if (versionId === undefined) return ["the Secret carried no version"];
  const isWhole = isDeepStrictEqual(data, dataOf.get(versionId));
  return unless(isWhole, `the Secret said version ${versionId} and did not carry its data, whole`);
}

/** From the version before to the new one, in one step and never back. */
function stepProblems(states: readonly SecretState[], versionId: string): readonly string[] {
  const steps = states
    .slice(1)
    .filter((state, index) => state.versionId !== states[index]?.versionId)
    .map((state) => state.versionId);
  return unless(isDeepStrictEqual(steps, [versionId]), `the Secret went to ${JSON.stringify(steps)}`);
}

function counted(what: string, count: number, expected: number): readonly string[] {
  return unless(count === expected, `${count} ${what}, and not ${expected}`);
}

function unless(holds: boolean, problem: string): readonly string[] {
  return holds ? [] : [problem];
}
