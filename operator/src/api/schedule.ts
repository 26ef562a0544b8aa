import { z } from "zod";
import { cronExpression, everComes, NEVER_COMES, timeZoneName } from "./cron.ts";
import { duration } from "./fields.ts";
import { withRules } from "./rules.ts";

const cron = cronExpression().describe(
  "When to rotate, as five cron fields: minute, hour, day of month, month, day of week. Names are three capital letters; " +
    "where both days are restricted either is enough. A time that a change to summer time skips comes when the clocks are " +
    "put forward; one that comes twice counts once, unless the hour is *.",
);

const timeZone = timeZoneName().describe(
  "The time zone that cron is meant in, by its name in the IANA database. Default: UTC.",
);

const every = duration({
  min: "1m",
  max: "24000h",
  because: "must be from 1m to 1000d",
}).describe(
  "The age of the current version at which it is rotated, such as 30d: the interval starts anew with every rotation, " +
    "whoever made it. From 1m to 1000d.",
);

/** When the operator rotates by itself. */
export const schedule = withRules(
  z.object({ cron: cron.optional(), timeZone: timeZone.optional(), every: every.optional() }),
  [
    {
      cel: "has(self.cron) != has(self.every)",
      message: 'write either cron, such as "0 3 * * SUN", or every, such as 30d',
      holds: (value) => (value.cron === undefined) !== (value.every === undefined),
    },
    {
      cel: "!has(self.timeZone) || has(self.cron)",
      message: "timeZone belongs to cron: remove it, or write cron instead of every",
      holds: (value) => value.timeZone === undefined || value.cron !== undefined,
    },
  ],
).refine((value) => value.cron === undefined || everComes(value.cron), {
  error: NEVER_COMES,
  path: ["cron"],
});
