import type { Window } from "../../api/window.ts";
import type { Instant } from "../../ports/fact.ts";
import { type Wait, waitUntil } from "../step.ts";
import type { World } from "../world.ts";
import { lastRun, nextRun } from "./cron-times.ts";
import { awaitCorrection, hasFault } from "./spec-faults.ts";

/** Starts and ends of windows that are examined to find the next permitted time. Each costs a fraction of a millisecond. */
const MAX_STEPS = 64;
/** How far ahead to search, in ms. */
const HORIZON_MS = 400 * 86_400_000;

/** The next permitted time. `exact` is false if none was found up to this time. */
export interface Opening {
  readonly at: Instant;
  readonly exact: boolean;
}

/** Whether rotations and restarts may start now. */
export function isOpen(world: World): boolean {
  return !hasFault(world, "windows") && isPermitted(world.spec.windows, world.now);
}

/** Whether rotations and restarts may start at this time. */
export function isPermitted(windows: readonly Window[], time: Instant): boolean {
  return nextChange(windows, time) === time;
}

/** The first time from `from` on at which rotations and restarts may start. */
export function nextPermitted(windows: readonly Window[], from: Instant): Opening {
  let at = from;
  for (let steps = 0; steps < MAX_STEPS && at <= from + HORIZON_MS; steps += 1) {
    const change = nextChange(windows, at);
    if (change === at) return { at, exact: true };
    at = change;
  }
  return { at, exact: false };
}

/** This time if it is permitted, otherwise the next time at which it could be. */
function nextChange(windows: readonly Window[], time: Instant): Instant {
  const denied = windows
    .filter(({ kind }) => kind === "Deny")
    .flatMap((window) => openUntil(window, time) ?? []);
  if (denied.length > 0) return Math.max(...denied);
  const allowing = windows.filter(({ kind }) => kind === "Allow");
  if (allowing.length === 0 || allowing.some((window) => openUntil(window, time) !== undefined)) return time;
  return Math.min(...allowing.map((window) => nextRun(window, time) ?? time + HORIZON_MS));
}

/** The end of the window that is open at this time; undefined if it is closed. */
function openUntil(window: Window, time: Instant): Instant | undefined {
  const begin = lastRun(window, time);
  const end = begin === undefined ? time : begin + window.durationMs;
  return end > time ? end : undefined;
}

/** The wait of something that is due for the next permitted time. */
export function waitingForWindow(world: World, what: string): Wait {
  if (hasFault(world, "windows")) return awaitCorrection(world);
  const { at, exact } = nextPermitted(world.spec.windows, world.now);
  const until = new Date(at).toISOString().replace(".000Z", "Z");
  const when = exact
    ? `waits for ${until}, when spec.windows next permits it`
    : `waits, and spec.windows permits nothing before ${until}: see whether its Deny windows leave anything of its Allow windows`;
  return waitUntil(at, { reason: "WaitingForWindow", message: `${what} ${when}` });
}
