import { eventually } from "../support/eventually.ts";
import { operatorKill, pointOf, watchCalls } from "../support/operator-calls.ts";
import { begin, type Course } from "./course.ts";
import { FAULTS, type Fault, injectionOf } from "./faults.ts";
import { type Ground, NAME, NAMESPACE } from "./ground.ts";
import { problemsOf } from "./problems.ts";
import { tracesOf } from "./traces.ts";

/** One fault at one call of a course. */
export interface Cell {
  readonly course: Course;
  /** Kind and ordinal, such as `PATCH secrets/database 1`. */
  readonly call: string;
  readonly fault: Fault;
}

/** Its result. */
export type Outcome =
  /** Everything is right, this time after the course began. */
  | { readonly kind: "settled"; readonly seconds: number }
  /** The course went without this call: how often AWS is asked depends on the moment. */
  | { readonly kind: "not called" }
  | { readonly kind: "failed"; readonly problems: readonly string[] };

/** Longer than all waits that a fault may cost: the time-out, the back-off of the API server's client, RotateSecret's second try. */
const SETTLED_MS = 120_000;

let courses = 0;

/** Runs a course and looks on, with nothing in its way but what the caller has put there. Returns the calls that the operator made. @throws when all is not as it has to be */
export async function recordCalls(ground: Ground, course: Course): Promise<readonly string[]> {
  const calls = await watchCalls(ground.stage);
  const { problems } = await runCourse(ground, course, () => calls.end());
  if (problems.length > 0) throw new Error(`a ${course} went wrong: ${problems.join("; ")}`);
  return calls.made;
}

/** Each fault at each call. */
export function cellsOf(course: Course, made: readonly string[]): readonly Cell[] {
  return made.flatMap((call) => FAULTS.map((fault) => ({ course, call, fault })));
}

/** The name of a cell. */
export function nameOf({ course, call, fault }: Cell): string {
  return `${course}, ${call}, ${fault}`;
}

/** Runs a course with the fault at its call, and judges what is left. */
export async function runCell(ground: Ground, { course, call, fault }: Cell): Promise<Outcome> {
  const injection = injectionOf(fault, pointOf(call).kind, await operatorKill(ground.stage));
  const calls = await watchCalls(ground.stage, { at: call, ...injection });
  const { problems, seconds } = await runCourse(ground, course, async () => {
    const isLate = fault === "timed out" && calls.struck !== undefined;
    if (isLate) await eventually("the late call is done", () => calls.struck?.status);
    await calls.end();
  });
  if (problems.length > 0) return { kind: "failed", problems };
  return calls.struck === undefined ? { kind: "not called" } : { kind: "settled", seconds };
}

/** From its beginning to the last trace of it. `rest` resolves when nothing of it is on its way any more. */
async function runCourse(
  ground: Ground,
  course: Course,
  rest: () => Promise<void>,
): Promise<{ readonly problems: readonly string[]; readonly seconds: number }> {
  courses += 1;
  const before = await tracesOf(ground);
  const startedAt = Date.now();
  const seconds = () => (Date.now() - startedAt) / 1_000;
  try {
    const versionId = await begin(course, ground, `${course} ${courses}`);
    await ground.stage.settled(NAMESPACE, NAME, versionId, SETTLED_MS);
    const took = seconds();
    await rest();
    const after = await tracesOf(ground);
    const dataOf = await ground.dataOf(after.states.flatMap((state) => state.versionId ?? []));
    return { problems: problemsOf({ course, versionId, before, after, dataOf }), seconds: took };
  } catch (error) {
    return { problems: [await troubleOf(ground, error)], seconds: seconds() };
  }
}

/** The problems, and the status of the resource. */
async function troubleOf({ stage }: Ground, error: unknown): Promise<string> {
  const { conditions = [] } = await stage.status(NAMESPACE, NAME);
  const said = conditions.map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  );
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return [`${error instanceof Error ? error.message : String(error)}${cause}`, ...said].join("; ");
}
