import { Cron } from "croner";
import { z } from "zod";
import { duration, formed } from "./fields.ts";
import { withRules } from "./rules.ts";

/** `value`, `a-b`, `*`, each with an optional step, and lists of them. */
function cronField(value: string): string {
  const item = `([*]|(${value})(-(${value}))?)(/[0-9]{1,2})?`;
  return `${item}(,${item})*`;
}

const CRON = [
  cronField("[0-5]?[0-9]"),
  cronField("[01]?[0-9]|2[0-3]"),
  cronField("0?[1-9]|[12][0-9]|3[01]"),
  cronField("0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"),
  cronField("[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT"),
].join(" ");

/** Any instant will do: it only has to be the same one each time. */
const EPOCH = new Date(0);

/** Whether the date of an expression is in the calendar: `0 0 30 2 *` is not, and no pattern sees that. */
function everComes(cron: string): boolean {
  try {
    return new Cron(cron, { paused: true, timezone: "UTC" }).nextRun(EPOCH) !== null;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const cron = formed({
  pattern: `^${CRON}$`,
  message:
    'write the five fields minute, hour, day of month, month and day of week with one space between, such as "0 3 * * SUN"',
  maxLength: 128,
}).describe(
  "When to rotate, as five cron fields: minute, hour, day of month, month, day of week. Names are three capital letters; " +
    "where both days are restricted either is enough.",
);

const timeZone = formed({
  pattern: "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
  message: 'write a time zone of the IANA database, such as "Europe/Berlin"',
  maxLength: 64,
})
  .refine(isTimeZone, 'is unknown here: write a time zone of the IANA database, such as "Europe/Berlin"')
  .describe("The time zone that cron is meant in, by its name in the IANA database. Default: UTC.");

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
  error: "cron names a time that never comes",
  path: ["cron"],
});
