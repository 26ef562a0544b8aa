import type { Instant } from "../ports/fact.ts";
import { access } from "./access/access.ts";
import { identity } from "./access/identity.ts";
import { suspension } from "./access/suspension.ts";
import { rollout } from "./rollout/rollout.ts";
import { rotation } from "./rotation/rotation.ts";
import { rotationDeadline } from "./rotation/rotation-outcome.ts";
import type { Action, Phase, PhaseName, PhaseWait, Progress, Step, Wait } from "./step.ts";
import { ownership } from "./target-secret/ownership.ts";
import { sync } from "./target-secret/sync.ts";
import { nextDue } from "./times/schedule.ts";
import { REST_MS } from "./timing.ts";
import type { World } from "./world.ts";

/** Nothing is done for a resource that is being deleted: the garbage collector deletes its Secret if the spec asks for it. */
const deletion: Phase = {
  name: "deletion",
  decide: ({ resource }) => (resource.metadata.deletionTimestamp === undefined ? undefined : { do: "end" }),
};

/** The whole policy, in its order. A rotation starts only when all phases before it have nothing left to do. */
export const phases: readonly Phase[] = [
  deletion,
  suspension,
  identity,
  access,
  ownership,
  sync,
  rollout,
  rotation,
];

/**
 * What to do now.
 *
 * - `act`: do this action, then decide again.
 * - `rest`: report, and wait until a time (ms since the epoch) at the latest. While `changeExpectedUntil` is to come, the
 *   secret is to be read more often, because a rotation is under way.
 * - `end`: nothing more is done for this resource, and its status stays as it is.
 */
export type Decision = Progress &
  (
    | { readonly kind: "act"; readonly action: Action }
    | { readonly kind: "rest"; readonly until: Instant; readonly changeExpectedUntil: Instant | undefined }
    | { readonly kind: "end" }
  );

/** Decides the next step for one RotatedSecret. Pure: the same world gives the same decision. */
export function decide(world: World): Decision {
  const waits: PhaseWait[] = [];
  const reached = new Set<PhaseName>();
  for (const { name, decide: next } of phases) {
    const step = next(world, waits);
    const wait = waitOf(step);
    if (wait !== undefined) waits.push({ ...wait, phase: name });
    if (step === undefined || wait !== undefined) reached.add(name);
    if (step?.do === "end") return { kind: "end", waits, reached };
    if (step !== undefined && step.do !== "wait") return { kind: "act", action: step, waits, reached };
    if (wait?.afterwards === "stop") break;
  }
  const until = Math.min(world.now + REST_MS, nextDue(world) ?? Infinity, ...waits.map((wait) => wait.until));
  const { rotation: underway } = world.resource.status;
  const changeExpectedUntil = underway === undefined ? undefined : rotationDeadline(world, underway);
  return { kind: "rest", until, changeExpectedUntil, waits, reached };
}

/** The wait that holds after the step. */
function waitOf(step: Step | undefined): Wait | undefined {
  if (step?.do === "wait") return step;
  return step?.do === "record" ? step.meanwhile : undefined;
}
