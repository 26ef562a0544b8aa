import { Cron } from "croner";
import type { Schedule } from "../api/resolved-spec.ts";
import { type Instant, known } from "../ports/fact.ts";
import type { World } from "./world.ts";

/** The last time up to now at which the schedule asked for a rotation; times before the resource existed do not count. */
export function lastTick(world: World): Instant | undefined {
  const { trigger } = world.spec;
  if (trigger.kind !== "Schedule") return undefined;
  const tick = tickBefore(trigger.schedule, world);
  return tick !== undefined && tick > Date.parse(world.resource.metadata.creationTimestamp)
    ? tick
    : undefined;
}

/** The next time after now at which the schedule will ask for a rotation. */
export function nextTick(world: World): Instant | undefined {
  const { trigger } = world.spec;
  if (trigger.kind !== "Schedule") return undefined;
  const { schedule } = trigger;
  if (schedule.kind === "cron") return cronOf(schedule).nextRun(new Date(world.now))?.getTime();
  const first = firstOfInterval(schedule.everyMs, world);
  return first === undefined || first <= world.now ? undefined : first;
}

/** When the version that AWS calls current was made, as far as this is known. */
export function currentMadeAt(world: World): Instant | undefined {
  const reading = known(world.value);
  return reading?.kind === "value" ? reading.createdAt : undefined;
}

function tickBefore(schedule: Schedule, world: World): Instant | undefined {
  // A tick at this very moment counts.
  if (schedule.kind === "cron")
    return cronOf(schedule)
      .previousRuns(1, new Date(world.now + 1))[0]
      ?.getTime();
  const first = firstOfInterval(schedule.everyMs, world);
  return first !== undefined && first <= world.now ? first : undefined;
}

/** The current version's age reaches the interval; for a resource younger than that, the next multiple of it. */
function firstOfInterval(everyMs: number, world: World): Instant | undefined {
  const madeAt = currentMadeAt(world);
  if (madeAt === undefined) return undefined;
  const createdAt = Date.parse(world.resource.metadata.creationTimestamp);
  const intervals = Math.max(1, Math.floor((createdAt - madeAt) / everyMs) + 1);
  return madeAt + intervals * everyMs;
}

function cronOf(schedule: Extract<Schedule, { kind: "cron" }>): Cron {
  return new Cron(schedule.cron, { paused: true, timezone: schedule.timeZone });
}
