import { z } from "zod";
import { DURATION_PATTERN, isDuration, parseDuration } from "./duration.ts";
import { withRules } from "./rules.ts";

/** The form of a DNS subdomain, which names of Secrets and Deployments have. */
export const DNS_SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

/**
 * A text of a certain form. The form is a rule instead of the schema's `pattern`, because an error about `pattern` shows the
 * user a regular expression. `pattern` must mean the same in RE2 and in JavaScript, without quotes and backslashes.
 */
export function formed(options: { pattern: string; message: string; maxLength: number }): z.ZodString {
  const form = new RegExp(options.pattern);
  return withRules(z.string().min(1).max(options.maxLength, { abort: true }), [
    { cel: `self.matches('${options.pattern}')`, message: options.message, holds: (text) => form.test(text) },
  ]);
}

/** The name of a Secret, Deployment or the like. */
export function objectName(): z.ZodString {
  return formed({
    pattern: `^${DNS_SUBDOMAIN}$`,
    message:
      "write a name of lower case letters, digits, '-' and '.' that begins and ends with a letter or digit",
    maxLength: 253,
  });
}

const DURATION_FORM =
  "write a duration such as 90d or 12h30m: whole numbers with the units d, h, m and s, the largest unit first, without spaces";

/** The seconds of a duration in CEL, which has no parser for days. */
const SECONDS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
]
  .map(([unit, seconds]) => `int('0' + self.find('[0-9]+${unit}').replace('${unit}', '')) * ${seconds}`)
  .join(" + ");

/** A duration within bounds. */
export function duration(bounds: { min: string; max: string; because: string }): z.ZodString {
  const [min, max] = [parseDuration(bounds.min), parseDuration(bounds.max)];
  return withRules(z.string().min(1).max(24, { abort: true }), [
    { cel: `self.matches('${DURATION_PATTERN}')`, message: DURATION_FORM, holds: isDuration },
    {
      cel: `!self.matches('${DURATION_PATTERN}') || (${SECONDS} >= ${min / 1_000} && ${SECONDS} <= ${max / 1_000})`,
      message: bounds.because,
      holds: (text) => !isDuration(text) || (parseDuration(text) >= min && parseDuration(text) <= max),
    },
  ]);
}

/** A time in RFC 3339 form, like `metav1.Time`. */
export function dateTime(): z.ZodString {
  return z
    .string()
    .max(40)
    .refine((text) => !Number.isNaN(Date.parse(text)), "write a time such as 2026-01-31T15:04:05Z")
    .meta({ format: "date-time" });
}
