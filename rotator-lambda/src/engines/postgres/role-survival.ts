import { RotationError } from "../../rotation-error.ts";
import type { ServerFacts } from "./server-facts.ts";

/**
 * The first release of each major version in which a session keeps the role of `ALTER ROLE ... SET role`. Earlier releases
 * lose it at DISCARD ALL. 12.21, 13.17, 14.14, 15.9, 16.5 and 17.1 ignore it at the login. PostgreSQL: release notes of 17.2.
 */
const FIRST_RELEASES: ReadonlyMap<number, number> = new Map([
  [12, 22],
  [13, 18],
  [14, 15],
  [15, 10],
  [16, 6],
  [17, 2],
]);

const OLDEST_MAJOR = Math.min(...FIRST_RELEASES.keys());

/** For messages. */
export const RELEASES_THAT_KEEP_THE_ROLE = [...FIRST_RELEASES].map((release) => release.join(".")).join(", ");

/**
 * A clone has to act as the original, also after a pool has reset its session. Otherwise it owns the objects that it creates.
 * @throws RotationError of kind `database` when this release of the server cannot do that
 */
export function assertRoleSurvives({ major, minor }: ServerFacts, clone: string): void {
  if (major >= OLDEST_MAJOR && minor >= (FIRST_RELEASES.get(major) ?? 0)) return;
  throw new RotationError(
    "database",
    `PostgreSQL ${major}.${minor} does not let "${clone}" act as another user for a whole session, so the original user would ` +
      "lose access to the objects of its clone. Nothing was changed. Upgrade the server to a newer major version or to one of " +
      `${RELEASES_THAT_KEEP_THE_ROLE}. Or remove "masterarn" from the secret to rotate a single user.`,
  );
}
