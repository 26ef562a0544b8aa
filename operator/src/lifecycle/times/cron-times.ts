import { Cron } from "croner";
import type { Instant } from "../../ports/fact.ts";

/** A cron expression in its time zone. */
export interface CronTimes {
  readonly cron: string;
  readonly timeZone: string;
}

/**
 * The last time up to `now` that the expression names, `now` included; undefined where there was none. A time that a
 * change to summer time skips comes when the clocks are put forward; a fixed hour that comes twice counts once.
 */
export function lastRun(times: CronTimes, now: Instant): Instant | undefined {
  return cronOf(times)
    .previousRuns(1, new Date(now + 1))[0]
    ?.getTime();
}

/** The next time after `now` that the expression names. */
export function nextRun(times: CronTimes, now: Instant): Instant | undefined {
  return cronOf(times).nextRun(new Date(now))?.getTime();
}

function cronOf({ cron, timeZone }: CronTimes): Cron {
  return new Cron(cron, { paused: true, timezone: timeZone });
}
