import { known } from "../../ports/fact.ts";
import { nextDue } from "../times/schedule.ts";
import { isPermitted, nextPermitted } from "../times/windows.ts";
import type { World } from "../world.ts";
import { dueRotationsOf } from "./due-rotations.ts";
import { failureBackOff } from "./failure-back-off.ts";

/** When the operator rotates next, windows considered: a time, or a word where there is none. */
export function nextRotation(world: World): string {
  const { pin, trigger, maxAgeMs, windows, faults } = world.spec;
  if (faults.length > 0) return "spec invalid";
  if (pin !== undefined) return "pinned";
  if (trigger.kind === "External") return "external";
  if (trigger.kind === "Manual" && maxAgeMs === undefined) return "on request";
  const backOff = failureBackOff(world.resource.status)?.until ?? 0;
  const isHeldBack = backOff > world.now || !isPermitted(windows, world.now);
  const due = isDueNow(world) && isHeldBack ? world.now : nextDue(world);
  return due === undefined ? "due" : openingAfter(world, Math.max(due, backOff));
}

/** Whether schedule or age ask for a rotation that was not tried yet. */
function isDueNow(world: World): boolean {
  const secret = known(world.source)?.secret;
  const due = secret === undefined ? [] : dueRotationsOf(world, secret);
  const { history = [] } = world.resource.status;
  return due.some(
    ({ trigger, token }) => trigger !== "Request" && !history.some((past) => past.token === token),
  );
}

function openingAfter({ spec }: World, time: number): string {
  const { at, exact } = nextPermitted(spec.windows, time);
  return exact ? isoSeconds(at) : "not permitted";
}

/** RFC 3339 in whole seconds. */
export function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/[.]\d{3}Z$/, "Z");
}
