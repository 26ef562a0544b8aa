import { formed } from "./fields.ts";

/**
 * Kubernetes: the form of a key of a Secret (`IsConfigMapKey`). In a volume the key is a file name and must not leave the
 * folder: it is not `.` and does not begin with `..`. RE2 has no lookahead, so the pattern lists the allowed beginnings.
 */
export const SECRET_KEY = "([-_a-zA-Z0-9][-._a-zA-Z0-9]{0,252}|[.][-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251})";

const WHOLE = new RegExp(`^${SECRET_KEY}$`);

/** Kubernetes: the longest key of a Secret. */
export const MAX_KEY = 253;

/** The form of a key, in words. */
export const KEY_FORM = "letters, digits, '-', '_' and '.', at most 253, not '.' and not beginning with '..'";

/** Whether Kubernetes accepts the text as a key of a Secret. */
export function isSecretKey(text: string): boolean {
  return WHOLE.test(text);
}

/** A field for a key of a Secret. */
export function secretKey() {
  return formed({
    pattern: `^${SECRET_KEY}$`,
    message: `write a key of a Secret: ${KEY_FORM}`,
    maxLength: MAX_KEY,
  });
}
