import { z } from "zod";
import { DURATION_PATTERN, isDuration, parseDuration } from "./duration.ts";
import { withRules } from "./rules.ts";

/** A DNS subdomain, the form of the names of Secrets and Deployments. */
export const DNS_SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

/**
 * A text of a certain form. The form is a rule rather than the schema's `pattern`, whose error would show the user a
 * regular expression. `pattern` must mean the same in RE2 and in JavaScript, and hold no quote and no backslash.
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
      "write a name of lower case letters, digits, '-' and '.', that begins and ends with a letter or digit",
    maxLength: 253,
  });
}

/** A duration between two others. CEL sees it as a duration by its format, but its literals know no `d`: bounds are in h, m, s. */
export function duration(bounds: { min: string; max: string; because: string }): z.ZodString {
  const [min, max] = [parseDuration(bounds.min), parseDuration(bounds.max)];
  const inBounds = (text: string) => parseDuration(text) >= min && parseDuration(text) <= max;
  const text = z.string().min(2).max(24).regex(new RegExp(DURATION_PATTERN), {
    abort: true,
    error: "write a duration such as 30d, 1h30m or 90s",
  });
  return withRules(text.meta({ format: "duration" }), [
    {
      cel: `self >= duration('${bounds.min}') && self <= duration('${bounds.max}')`,
      message: bounds.because,
      holds: (value) => isDuration(value) && inBounds(value),
    },
  ]);
}

/** A time as RFC 3339, as in `metav1.Time`. */
export function dateTime(): z.ZodString {
  return z
    .string()
    .max(40)
    .refine((text) => !Number.isNaN(Date.parse(text)), "write a time as in 2026-01-31T15:04:05Z")
    .meta({ format: "date-time" });
}
