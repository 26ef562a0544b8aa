/** AWS's multi-user templates use the same suffix, so a secret can switch between them and this function. */
const CLONE_SUFFIX = "_clone";

/** The second of the two alternating users. */
export function cloneOf(original: string): string {
  return original + CLONE_SUFFIX;
}

/** Whether the user is the second of the two. */
export function isClone(username: string): boolean {
  return username.endsWith(CLONE_SUFFIX);
}

/** The first of the two users. It owns the objects that both create. */
export function originalOf(username: string): string {
  return isClone(username) ? username.slice(0, -CLONE_SUFFIX.length) : username;
}
