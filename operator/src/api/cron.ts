import { Cron } from "croner";
import type { z } from "zod";
import { formed } from "./fields.ts";

/** The form of a cron field: `value`, `a-b` or `*`, each with an optional step, or a list of these. */
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

/** Any fixed time works as a start. */
const EPOCH = new Date(0);

/** Whether the expression ever matches a date. `0 0 30 2 *` does not, and a pattern cannot detect that. */
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

/** Message for an expression that never matches. */
export const NEVER_COMES = "cron matches no date in the calendar";

/** Five cron fields. */
export function cronExpression(): z.ZodString {
  return formed({
    pattern: `^${CRON}$`,
    message:
      'write the five fields minute, hour, day of month, month and day of week, separated by one space, such as "0 3 * * SUN"',
    maxLength: 128,
  });
}

/** The name of a time zone in the IANA database. */
export function timeZoneName(): z.ZodString {
  return formed({
    pattern: "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
    message: 'write a time zone of the IANA database, such as "Europe/Berlin"',
    maxLength: 64,
  }).refine(
    isTimeZone,
    'is unknown to the operator: write a time zone of the IANA database, such as "Europe/Berlin"',
  );
}
