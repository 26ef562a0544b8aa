import { Cron } from "croner";
import { invalidParameter } from "../aws-error.ts";
import type { RotationRules, Secret } from "./secret.ts";

type Schedule =
  | { readonly kind: "days"; readonly days: number }
  | { readonly kind: "hours"; readonly hours: number }
  /** `hourly`: there is more than one window per day. */
  | { readonly kind: "cron"; readonly cron: Cron; readonly hourly: boolean };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Refuses invalid rules. AWS: RotationRulesType API reference, and the user guide, "Rotation schedules": at most every
 * four hours, cron with minute 0 and year `*`. Wording not confirmed by AWS.
 * @throws InvalidParameterException
 */
export function requireSchedule(rules: RotationRules): void {
  if (rules.AutomaticallyAfterDays !== undefined && rules.ScheduleExpression !== undefined) {
    throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
  }
  if (rules.ScheduleExpression !== undefined && scheduleOf(rules) === undefined) {
    throw invalidParameter(`The schedule expression ${rules.ScheduleExpression} is not valid.`);
  }
}

/**
 * The latest time of the next rotation, in ms since 1970: the end of the next rotation window. AWS: DescribeSecret API
 * reference: "scheduled to occur on or before this date". The emulator itself rotates only after RotateSecret.
 */
export function nextRotationAt({ rotation, lastRotatedAt }: Secret): number | undefined {
  if (rotation?.enabled !== true || rotation.rules === undefined) return undefined;
  const schedule = scheduleOf(rotation.rules);
  const opensAt =
    schedule === undefined ? undefined : nextWindow(schedule, Math.max(lastRotatedAt ?? 0, rotation.since));
  if (schedule === undefined || opensAt === undefined) return undefined;
  return opensAt + windowMs(schedule, opensAt, rotation.rules.Duration) - 1000;
}

/** AWS: user guide, "Rotation schedules": the windows of a rate begin at midnight UTC, or some hours after it. */
function nextWindow(schedule: Schedule, after: number): number | undefined {
  const midnight = after - (after % DAY_MS);
  switch (schedule.kind) {
    case "days":
      return midnight + schedule.days * DAY_MS;
    case "hours": {
      const everyMs = schedule.hours * HOUR_MS;
      return midnight + (Math.floor((after - midnight) / everyMs) + 1) * everyMs;
    }
    case "cron":
      return schedule.cron.nextRun(new Date(after))?.getTime();
  }
}

/**
 * The length in the rules. By default one hour for a schedule in hours, and until the end of the day for a schedule in
 * days.
 */
function windowMs(schedule: Schedule, opensAt: number, duration: string | undefined): number {
  if (duration !== undefined) return Number.parseInt(duration, 10) * HOUR_MS;
  const hourly = schedule.kind === "hours" || (schedule.kind === "cron" && schedule.hourly);
  return hourly ? HOUR_MS : DAY_MS - (opensAt % DAY_MS);
}

function scheduleOf({
  AutomaticallyAfterDays,
  ScheduleExpression = "",
}: RotationRules): Schedule | undefined {
  if (AutomaticallyAfterDays !== undefined) return { kind: "days", days: AutomaticallyAfterDays };
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
  if (unit === "day") return Number(count) > 0 ? { kind: "days", days: Number(count) } : undefined;
  if (unit === "hour") return Number(count) >= 4 ? { kind: "hours", hours: Number(count) } : undefined;
  const [, fields, hours] = /^cron\((0 (\S+) \S+ \S+ \S+) \*\)$/.exec(ScheduleExpression) ?? [];
  const cron = fields === undefined ? undefined : cronOf(fields);
  return cron === undefined ? undefined : { kind: "cron", cron, hourly: !/^\d+$/.test(hours ?? "") };
}

/** AWS's cron counts weekdays from 1 (Sunday) and has steps such as 4/12. */
function cronOf(fields: string): Cron | undefined {
  try {
    return new Cron(fields, {
      mode: "5-part",
      timezone: "UTC",
      paused: true,
      alternativeWeekdays: true,
      sloppyRanges: true,
    });
  } catch {
    return undefined;
  }
}
