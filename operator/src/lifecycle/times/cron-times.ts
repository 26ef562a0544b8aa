import { Cron } from "croner";
import type { Instant } from "../../ports/fact.ts";

/** A cron expression in its time zone. */
export interface CronTimes {
  readonly cron: string;
  readonly timeZone: string;
}

/**
 * The last run up to `now`, `now` included; undefined if there was none. A time that the change to summer time skips runs when
 * the clocks go forward. A fixed hour that occurs twice counts once.
 */
export function lastRun(times: CronTimes, now: Instant): Instant | undefined {
  return cronOf(times)
    .previousRuns(1, new Date(now + 1))[0]
    ?.getTime();
}

/** The next run after `now`. */
export function nextRun(times: CronTimes, now: Instant): Instant | undefined {
  return cronOf(times).nextRun(new Date(now))?.getTime();
}

function cronOf({ cron, timeZone }: CronTimes): Cron {
  return new Cron(cron, { paused: true, timezone: timeZone });
}
