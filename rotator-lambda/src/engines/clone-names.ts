/** AWS's multi-user templates call the second user so; a secret may change hands between them and us. */
const CLONE_SUFFIX = "_clone";

/** The second of the two users that take turns. */
export function cloneOf(original: string): string {
  return original + CLONE_SUFFIX;
}

/** Whether the user is the second of the two. */
export function isClone(username: string): boolean {
  return username.endsWith(CLONE_SUFFIX);
}

/** The first of the two users, who owns what both make. */
export function originalOf(username: string): string {
  return isClone(username) ? username.slice(0, -CLONE_SUFFIX.length) : username;
}
