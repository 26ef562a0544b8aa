import { z } from "zod";
import { cronExpression, timeZoneName } from "./cron.ts";
import { duration } from "./fields.ts";
import { withRules } from "./rules.ts";

const cron = cronExpression().describe(
  "When to rotate, as five cron fields: minute, hour, day of month, month, day of week. Names have three letters. " +
    "If both days are restricted, either one is enough. If the change to summer time skips the time, the rotation starts at " +
    "the change. If a time comes twice, it counts once, unless the hour is *.",
);

const timeZone = timeZoneName().describe(
  "The time zone of cron, by its name in the IANA database. Default: UTC.",
);

const every = duration({
  min: "1m",
  max: "24000h",
  because: "must be from 1m to 1000d",
}).describe(
  "The age of the current version at which the operator rotates, such as 30d. The interval starts again with every " +
    "rotation, also with those that others start. From 1m to 1000d.",
);

/** When the operator starts rotations. */
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
);
