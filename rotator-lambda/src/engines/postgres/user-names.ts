import { RotationError } from "../../rotation-error.ts";
import { cloneOf, isClone, originalOf } from "../clone-names.ts";

/** PostgreSQL cuts longer names without an error: NAMEDATALEN - 1. */
const NAME_LIMIT_BYTES = 63;

/** The user whose turn it is next. @throws RotationError of kind `document` when PostgreSQL cannot have a user of that name */
export function alternateOf(username: string): string {
  const alternate = isClone(username) ? originalOf(username) : cloneOf(username);
  const bytes = Math.max(Buffer.byteLength(username), Buffer.byteLength(alternate));
  if (alternate.length > 0 && bytes <= NAME_LIMIT_BYTES) return alternate;
  const reason =
    alternate.length === 0 ? "has no name but the suffix" : `would have a name of ${bytes} bytes`;
  throw new RotationError(
    "document",
    `The users "${originalOf(username)}" and "${cloneOf(originalOf(username))}" are to take turns, but one of them ` +
      `${reason}, and PostgreSQL's names have 1 to ${NAME_LIMIT_BYTES} bytes. Use a user with a shorter name.`,
  );
}
