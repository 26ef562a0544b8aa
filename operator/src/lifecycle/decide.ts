import type { Instant } from "../ports/fact.ts";
import { access } from "./access/access.ts";
import { identity } from "./access/identity.ts";
import { suspension } from "./access/suspension.ts";
import { rollout } from "./rollout/rollout.ts";
import { rotation } from "./rotation/rotation.ts";
import type { Action, Phase, Wait } from "./step.ts";
import { ownership } from "./target/ownership.ts";
import { sync } from "./target/sync.ts";
import { nextDue } from "./times/schedule.ts";
import { REST_MS } from "./times/timing.ts";
import type { World } from "./world.ts";

/** The whole policy: what is looked at, in which order. A rotation begins only when everything before it is at rest. */
export const phases: readonly Phase[] = [suspension, identity, access, ownership, sync, rollout, rotation];

/** What is to be done now; or what is waited for, and until when (ms since the epoch) at the latest. */
export type Decision =
  | { readonly kind: "act"; readonly action: Action }
  | { readonly kind: "rest"; readonly waits: readonly Wait[]; readonly until: Instant };

/** Decides the next step for one RotatedSecret. Pure: the same world gives the same decision. */
export function decide(world: World): Decision {
  const waits: Wait[] = [];
  for (const phase of phases) {
    const step = phase(world);
    if (step === undefined) continue;
    if (step.do !== "wait") return { kind: "act", action: step };
    waits.push(step);
    if (step.afterwards === "stop") break;
  }
  const until = Math.min(world.now + REST_MS, nextDue(world) ?? Infinity, ...waits.map((wait) => wait.until));
  return { kind: "rest", waits, until };
}
