import type { SecretArn } from "@rotated-secrets/contract/version-id";
import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import { cloneOf } from "../clone-names.ts";
import type { PostgresConnection } from "./postgres-connection.ts";

/** Begins the line of the clone's comment that names the secret which rotates the two users. */
const MARK = "rotatedsecrets.dev/secret=";

/** The facts that tell whether a role is the clone of another one, and whose. */
interface Clone {
  /** The comment on the role. */
  readonly comment: string;
  /** The ARN in the comment. */
  readonly owner: string | undefined;
  /** Whether an administrator of the original made it a member. Before PostgreSQL 16 a role can also do that itself. */
  readonly wasMadeMember: boolean;
}

const CLONE = `
  SELECT coalesce(d.description, '') AS comment, EXISTS (
    SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles original ON original.oid OPERATOR(pg_catalog.=) m.roleid
    WHERE original.rolname OPERATOR(pg_catalog.=) $2::pg_catalog.name AND m.member OPERATOR(pg_catalog.=) clone.oid
    AND m.grantor OPERATOR(pg_catalog.<>) original.oid AND m.grantor OPERATOR(pg_catalog.<>) clone.oid) AS was_made_member
  FROM pg_catalog.pg_roles clone
  LEFT JOIN pg_catalog.pg_shdescription d ON d.objoid OPERATOR(pg_catalog.=) clone.oid
    AND d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_authid'::pg_catalog.regclass::pg_catalog.oid
  WHERE clone.rolname OPERATOR(pg_catalog.=) $1::pg_catalog.name`;

/**
 * Claims the original and its clone for a secret, by a line in the clone's comment. Call it in a transaction that holds the
 * users' lock, before the first change. `hasHeldLogin` tells whether this secret has been able to log in as the user to change.
 * @throws RotationError when the two belong to another secret, or when nothing shows that they belong together
 */
export async function claimClone(
  connection: PostgresConnection,
  claim: {
    readonly original: string;
    readonly secretArn: SecretArn;
    readonly master: string;
    readonly hasHeldLogin: () => Promise<boolean>;
  },
): Promise<void> {
  const { original, secretArn, master, hasHeldLogin } = claim;
  const clone = await assertNotOthers(connection, original, secretArn);
  if (clone === undefined || clone.owner !== undefined) return;
  if (!clone.wasMadeMember && !(await hasHeldLogin())) throw namesake(original);
  await markClone(connection, { original, secretArn, master, comment: clone.comment });
}

/** @throws RotationError when the comment on the clone names another secret. Returns undefined if there is no clone */
export async function assertNotOthers(
  connection: PostgresConnection,
  original: string,
  secretArn: SecretArn,
): Promise<Clone | undefined> {
  const name = cloneOf(original);
  const [row] = await connection.run({
    purpose: `look for the owner of the user "${name}"`,
    sql: CLONE,
    parameters: [name, original],
  });
  if (row === undefined) return undefined;
  const comment = row["comment"] ?? "";
  const owner = ownerIn(comment);
  if (owner !== undefined && !isSameSecret(owner, secretArn)) throw others(original, owner, secretArn);
  return { comment, owner, wasMadeMember: row["was_made_member"] === "t" };
}

/** Adds the secret to the comment on the clone. The rest of the comment stays. */
export async function markClone(
  connection: PostgresConnection,
  mark: {
    readonly original: string;
    readonly secretArn: SecretArn;
    readonly master: string;
    /** The comment before. */
    readonly comment: string;
  },
): Promise<void> {
  const clone = pg.escapeIdentifier(cloneOf(mark.original));
  const lines = [...(mark.comment === "" ? [] : [mark.comment]), MARK + mark.secretArn];
  await connection.run({
    purpose: `name the secret in the comment on the user ${clone}`,
    sql: `COMMENT ON ROLE ${clone} IS ${pg.escapeLiteral(lines.join("\n"))}`,
    whenDenied:
      "Since PostgreSQL 16 the master needs ADMIN OPTION on users that it did not create: " +
      `GRANT ${clone} TO ${pg.escapeIdentifier(mark.master)} WITH ADMIN OPTION;`,
  });
}

function ownerIn(comment: string): string | undefined {
  const line = comment.split("\n").find((text) => text.startsWith(MARK));
  return line?.slice(MARK.length).trim();
}

/** A replica that was promoted has the ARN of its primary in another region. */
function isSameSecret(one: string, other: string): boolean {
  const withoutRegion = (arn: string) => arn.split(":").toSpliced(3, 1).join(":");
  return withoutRegion(one) === withoutRegion(other);
}

function others(original: string, owner: string, secretArn: SecretArn): RotationError {
  const clone = cloneOf(original);
  return new RotationError(
    "document",
    `The users "${original}" and "${clone}" belong to the secret ${owner}, according to the comment on "${clone}". If ` +
      `${secretArn} rotated them too, each rotation of one secret would end the password of the other. Nothing was changed. ` +
      "Use one secret for all readers, or a database user of its own for each secret. If the other secret does not rotate " +
      `these users any more, remove its line from the comment: COMMENT ON ROLE ${pg.escapeIdentifier(clone)} IS NULL;`,
  );
}

function namesake(original: string): RotationError {
  const clone = cloneOf(original);
  return new RotationError(
    "database",
    `Nothing shows that the user "${clone}" is the clone of "${original}": it is not a member of "${original}", and this ` +
      "secret has not held a password of both. One of them may belong to a different application. Nothing was changed. If " +
      `it is the clone: GRANT ${pg.escapeIdentifier(original)} TO ${pg.escapeIdentifier(clone)}; Otherwise use a user with ` +
      "another name in the secret.",
  );
}
