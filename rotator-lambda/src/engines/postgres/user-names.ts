import { RotationError } from "../../rotation-error.ts";

/** AWS's multi-user templates call the second user so; a secret may change hands between them and us. */
const CLONE_SUFFIX = "_clone";
/** PostgreSQL cuts longer names without an error: NAMEDATALEN - 1. */
const NAME_LIMIT_BYTES = 63;

/** Whether the user is the second of the two. */
export function isClone(username: string): boolean {
  return username.endsWith(CLONE_SUFFIX);
}

/** The first of the two users, who owns what both make. */
export function originalOf(username: string): string {
  return isClone(username) ? username.slice(0, -CLONE_SUFFIX.length) : username;
}

/** The user whose turn it is next. @throws RotationError of kind `document` when PostgreSQL cannot have a user of that name */
export function alternateOf(username: string): string {
  const alternate = isClone(username) ? originalOf(username) : username + CLONE_SUFFIX;
  const bytes = Math.max(Buffer.byteLength(username), Buffer.byteLength(alternate));
  if (alternate.length > 0 && bytes <= NAME_LIMIT_BYTES) return alternate;
  const reason =
    alternate.length === 0 ? "has no name but the suffix" : `would have a name of ${bytes} bytes`;
  throw new RotationError(
    "document",
    `The users "${originalOf(username)}" and "${originalOf(username)}${CLONE_SUFFIX}" are to take turns, but one of them ` +
      `${reason}, and PostgreSQL's names have 1 to ${NAME_LIMIT_BYTES} bytes. Use a user with a shorter name.`,
  );
}
