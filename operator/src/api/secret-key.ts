import { formed } from "./fields.ts";

/**
 * Kubernetes: the form of a key of a Secret (`IsConfigMapKey`), which becomes a file's name in a volume and may not lead
 * out of it: no `.`, and nothing that begins with `..`. RE2 has no lookahead, so the beginnings are told apart.
 */
export const SECRET_KEY = "([-_a-zA-Z0-9][-._a-zA-Z0-9]{0,252}|[.][-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251})";

const WHOLE = new RegExp(`^${SECRET_KEY}$`);

/** What to write for a key. */
export const KEY_FORM = "letters, digits, '-', '_' and '.', at most 253, not '.' and not beginning with '..'";

/** Whether Kubernetes takes the text as a key of a Secret. */
export function isSecretKey(text: string): boolean {
  return WHOLE.test(text);
}

/** A key of a Secret, as a field. */
export function secretKey() {
  return formed({
    pattern: `^${SECRET_KEY}$`,
    message: `write a key of a Secret: ${KEY_FORM}`,
    maxLength: 253,
  });
}
