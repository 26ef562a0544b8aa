import { Cron } from "croner";
import type { z } from "zod";
import { formed } from "./fields.ts";

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
export function everComes(cron: string): boolean {
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

/** What `everComes` says of an expression that does not. */
export const NEVER_COMES = "cron names a time that never comes";

/** Five cron fields. */
export function cronExpression(): z.ZodString {
  return formed({
    pattern: `^${CRON}$`,
    message:
      'write the five fields minute, hour, day of month, month and day of week with one space between, such as "0 3 * * SUN"',
    maxLength: 128,
  });
}

/** A time zone by its name in the IANA database. */
export function timeZoneName(): z.ZodString {
  return formed({
    pattern: "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
    message: 'write a time zone of the IANA database, such as "Europe/Berlin"',
    maxLength: 64,
  }).refine(isTimeZone, 'is unknown here: write a time zone of the IANA database, such as "Europe/Berlin"');
}
