import type { Schedule } from "../../api/resolved-spec.ts";
import { type Instant, known } from "../../ports/fact.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import type { World } from "../world.ts";
import { lastRun, nextRun } from "./cron-times.ts";

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
  if (schedule.kind === "cron") return nextRun(schedule, world.now);
  const madeAt = currentMadeAt(world);
  return madeAt === undefined
    ? undefined
    : madeAt + (intervalsSince(madeAt, schedule, world) + 1) * schedule.everyMs;
}

/** The tick that asks for a rotation now: no version has become current since. */
export function overdueTick(world: World): Instant | undefined {
  const tick = lastTick(world);
  const since = currentSince(world);
  return tick === undefined || since === undefined || since >= tick ? undefined : tick;
}

/** When the current version reaches `rotation.maxAge`; undefined without maxAge, or while the age is not known. */
export function maxAgeReachedAt(world: World): Instant | undefined {
  const madeAt = currentMadeAt(world);
  const { maxAgeMs } = world.spec;
  return madeAt === undefined || maxAgeMs === undefined ? undefined : madeAt + maxAgeMs;
}

/** The next time after now at which the schedule or the age of the current version will ask for a rotation. */
export function nextDue(world: World): Instant | undefined {
  const aged = maxAgeReachedAt(world);
  const times = [nextTick(world), aged !== undefined && aged > world.now ? aged : undefined];
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** When the current version was created; undefined while this is not known. */
export function currentMadeAt({ source, value, versionCreatedAt }: World): Instant | undefined {
  const secret = known(source)?.secret;
  const current = secret === undefined ? undefined : currentVersion(secret);
  if (current === undefined) return undefined;
  const reading = known(value);
  if (reading?.kind === "value" && reading.versionId === current) return reading.createdAt;
  const versions = known(versionCreatedAt);
  return versions === undefined || "problem" in versions ? undefined : versions.get(current);
}

/** Since when the version is current: its creation, or the end of AWS's last rotation; undefined while this is not known. */
export function currentSince(world: World): Instant | undefined {
  const madeAt = currentMadeAt(world);
  return madeAt === undefined ? undefined : Math.max(madeAt, known(world.source)?.secret?.lastRotatedAt ?? 0);
}

function tickBefore(schedule: Schedule, world: World): Instant | undefined {
  if (schedule.kind === "cron") return lastRun(schedule, world.now);
  const madeAt = currentMadeAt(world);
  const intervals = madeAt === undefined ? 0 : intervalsSince(madeAt, schedule, world);
  return madeAt === undefined || intervals === 0 ? undefined : madeAt + intervals * schedule.everyMs;
}

/** The age of the current version in whole intervals. After a failed rotation, the end of the next interval asks for another. */
function intervalsSince(
  madeAt: Instant,
  { everyMs }: Extract<Schedule, { kind: "every" }>,
  { now }: World,
): number {
  return Math.max(0, Math.floor((now - madeAt) / everyMs));
}
