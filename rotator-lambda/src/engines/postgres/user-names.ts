import { RotationError } from "../../rotation-error.ts";
import { cloneOf, isClone, originalOf } from "../clone-names.ts";

/** NAMEDATALEN - 1. PostgreSQL cuts longer names without an error. */
const NAME_LIMIT_BYTES = 63;

/** The other one of the two alternating users. @throws RotationError of kind `document` when PostgreSQL allows no such name */
export function alternateOf(username: string): string {
  const alternate = isClone(username) ? originalOf(username) : cloneOf(username);
  const bytes = Math.max(Buffer.byteLength(username), Buffer.byteLength(alternate));
  if (alternate.length > 0 && bytes <= NAME_LIMIT_BYTES) return alternate;
  const reason =
    alternate.length === 0 ? "has only the suffix as its name" : `would have a name of ${bytes} bytes`;
  throw new RotationError(
    "document",
    `The users "${originalOf(username)}" and "${cloneOf(originalOf(username))}" cannot alternate: one of them ${reason}. ` +
      `PostgreSQL's names have 1 to ${NAME_LIMIT_BYTES} bytes. Use a user with a shorter name.`,
  );
}
