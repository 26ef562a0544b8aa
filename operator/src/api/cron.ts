import { Cron } from "croner";
import { z } from "zod";
import { type Hint, type Rule, withRules } from "./rules.ts";

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC";
const DAYS = "MON TUE WED THU FRI SAT SUN";

/** The form of a cron field: a value, a range or `*`, the last two with an optional step; or a list of these. */
function cronField(value: string, steps: string): string {
  const item = `((${value})|([*]|(${value})-(${value}))(/0?(${steps}))?)`;
  return `${item}(,${item})*`;
}

/** Names in capitals or not, in both RE2 and JavaScript. */
function anyCase(names: string): string {
  return `(?i:${names.replaceAll(" ", "|")})`;
}

const FORM = `^${[
  cronField("[0-5]?[0-9]", "[1-9]|[1-5][0-9]"),
  cronField("[01]?[0-9]|2[0-3]", "[1-9]|1[0-9]|2[0-3]"),
  cronField("0?[1-9]|[12][0-9]|3[01]", "[1-9]|[12][0-9]|3[01]"),
  cronField(`0?[1-9]|1[0-2]|${anyCase(MONTHS)}`, "[1-9]|1[0-2]"),
  cronField(`[0-7]|${anyCase(DAYS)}`, "[1-7]"),
].join(" ")}$`;

const FIVE_FIELDS =
  'write the five fields minute, hour, day of month, month and day of week, separated by one space, such as "0 3 * * SUN"';

const hasForm = (text: string) => new RegExp(FORM).test(text);

function hint(pattern: string, mistake: string): Hint<string> {
  return {
    cel: `self.matches('${pattern}')`,
    message: `${mistake}: ${FIVE_FIELDS}`,
    applies: (text) => new RegExp(pattern).test(text),
  };
}

const form: Rule<string> = {
  cel: `self.matches('${FORM}')`,
  message: FIVE_FIELDS,
  holds: hasForm,
  hints: [
    hint(
      "^(cron|rate)[(]",
      "AWS's cron(...) and rate(...) are not used here, and an interval is rotation.schedule.every: 30d",
    ),
    hint("^@", "names such as @weekly are not used here"),
    hint(
      "[?#]|(^|[ ,])[0-9]*[LW]{1,2}([ ,]|$)",
      "the signs ?, #, L and W are not used here, and * means any",
    ),
    hint("(^|[ ,])[0-9]+/", "a step follows * or a range, such as 5-59/15 instead of 5/15"),
    hint("[A-Za-z]{4}", "names have three letters, such as SUN or JAN"),
    hint("^([^ ]+ ){5}", "there are no seconds and no years"),
  ],
};

/** The order of names in a range. Only `SUN` can also be the first day. */
const NAMES = `${MONTHS} ${DAYS}`;

/** `FRI-MON` and `22-4` are not ranges. Ranges from a name to a number are left to the operator. */
const ranges: Rule<string> = {
  cel:
    `!self.matches('${FORM}') || (` +
    "self.findAll('[0-9]+-[0-9]+').all(r, int(r.split('-')[0]) <= int(r.split('-')[1])) && " +
    "self.upperAscii().findAll('[A-Z]{3}-[A-Z]{3}').all(r, r.startsWith('SUN') || " +
    `'${NAMES}'.indexOf(r.substring(0, 3)) <= '${NAMES}'.indexOf(r.substring(4))))`,
  message:
    "a range goes from the lower to the higher value: write 22-23,0-4 instead of 22-4, and FRI-SUN,MON instead of FRI-MON",
  holds: (text) =>
    !hasForm(text) || [...text.matchAll(/(\w+)-(\w+)/g)].every(([, from, to]) => isRange(from, to)),
};

function isRange(from = "", to = ""): boolean {
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) return Number(from) <= Number(to);
  const place = (name: string) => NAMES.indexOf(name.toUpperCase());
  return from.toUpperCase() === "SUN" || place(from) < 0 || place(to) < 0 || place(from) <= place(to);
}

/**
 * A date that no year has: only days from 30 on and only February, or only the 31st and only months without one. Only such an
 * expression without a day of the week, because either day is enough. Rarer forms are left to the operator.
 */
const NO_SUCH_DATE = (() => {
  const list = (item: string) => `${item}(,${item})*`;
  const days = (from: string) => list(`${from}(-3[01](/[0-9]+)?)?`);
  const february = `${days("3[01]")} ${list("(0?2|(?i:FEB))")}`;
  const short = `${days("31")} ${list(`(0?[2469]|11|${anyCase("FEB APR JUN SEP NOV")})`)}`;
  return `^[^ ]+ [^ ]+ (${february}|${short}) [*]$`;
})();

/** Message for an expression that never matches. */
const NEVER_COMES =
  "names a date that does not exist: February has no 30th, and February, April, June, September and November have no 31st; " +
  'write another day, such as "0 3 28 * *"';

const dates: Rule<string> = {
  cel: `!self.matches('${NO_SUCH_DATE}')`,
  message: NEVER_COMES,
  holds: (text) => !new RegExp(NO_SUCH_DATE).test(text),
};

const rules = [form, ranges, dates];

/** Any fixed time works as a start. */
const EPOCH = new Date(0);

/** Whether the expression ever matches a date. */
function everComes(cron: string): boolean {
  try {
    return new Cron(cron, { paused: true, timezone: "UTC" }).nextRun(EPOCH) !== null;
  } catch {
    return false;
  }
}

/** Five cron fields. */
export function cronExpression(): z.ZodString {
  const text = withRules(z.string().min(1).max(128, { abort: true }), rules);
  const isUsable = (cron: string) => rules.some(({ holds }) => !holds(cron)) || everComes(cron);
  return text.refine(isUsable, "is not usable as cron: a range is reversed, or its date does not exist");
}

const TIME_ZONE = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$";
const IANA = 'write a time zone of the IANA database, such as "Europe/Berlin"';

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The name of a time zone in the IANA database. The API server has that database too, and refuses a name that it does not
 * know. `Local` is the time zone of the API server's machine.
 */
export function timeZoneName(): z.ZodString {
  const form = new RegExp(TIME_ZONE);
  const text = withRules(z.string().min(1).max(64, { abort: true }), [
    {
      cel: `self != 'Local' && self.matches('${TIME_ZONE}') && timestamp('2020-01-01T00:00:00Z').getHours(self) >= 0`,
      message: IANA,
      holds: (name) => name !== "Local" && form.test(name),
    },
  ]);
  const isKnown = (name: string) => !form.test(name) || name === "Local" || isTimeZone(name);
  return text.refine(isKnown, `is unknown to the operator: ${IANA}`);
}
