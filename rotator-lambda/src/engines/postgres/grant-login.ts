import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import { isClone, originalOf } from "../clone-names.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { assertNotExpired, type Role, readRole } from "./role.ts";
import { applySettingChange, readRoleSettings, settingChanges } from "./role-settings.ts";

/** A login to make work. */
export interface LoginGrant {
  readonly username: string;
  /** SCRAM verifier of the password: see scram-verifier.ts. */
  readonly verifier: string;
  /** The user who makes the change. Error messages name it. */
  readonly master: string;
}

/**
 * Lets the user log in with the password of the verifier. Creates a missing clone, and gives the clone everything that the
 * original has. Must run in a transaction. A second run changes nothing more.
 */
export async function grantLogin(connection: PostgresConnection, grant: LoginGrant): Promise<void> {
  const { username, verifier, master } = grant;
  const originalName = originalOf(username);
  const original = await readRole(connection, originalName);
  if (original === undefined) {
    throw new RotationError(
      "database",
      `There is no user "${originalName}" in the database, so "${username}" cannot act as its clone. Create it, or store the ` +
        "application's user in the secret.",
    );
  }
  assertNotExpired(originalName, original);
  const login = `LOGIN PASSWORD ${pg.escapeLiteral(verifier)}`;
  if (!isClone(username)) return await alterRole(connection, grant, login);
  const bounded = `${login} ${boundsOf(original)}`;
  if ((await readRole(connection, username)) === undefined) await createRole(connection, grant, bounded);
  else await alterRole(connection, grant, bounded);
  await joinOriginal(connection, username, originalName, master);
  await copySettings(connection, username, originalName, master);
}

function boundsOf({ connectionLimit, validUntil }: Role): string {
  return `CONNECTION LIMIT ${Number(connectionLimit)} VALID UNTIL ${pg.escapeLiteral(validUntil)}`;
}

async function alterRole(
  connection: PostgresConnection,
  { username, master }: LoginGrant,
  attributes: string,
): Promise<void> {
  await connection.run({
    purpose: `set the password of the user "${username}"`,
    sql: `ALTER ROLE ${pg.escapeIdentifier(username)} ${attributes}`,
    whenDenied: `${needsCreateRole(master)} ${needsAdmin(master, username)}`,
  });
}

async function createRole(
  connection: PostgresConnection,
  { username, master }: LoginGrant,
  attributes: string,
): Promise<void> {
  await connection.run({
    purpose: `create the user "${username}"`,
    sql: `CREATE ROLE ${pg.escapeIdentifier(username)} ${attributes}`,
    whenDenied: needsCreateRole(master),
  });
}

/** Whether the clone inherits the original's rights and may act as it. Since PostgreSQL 16 these are two separate options. */
const IS_FULL_MEMBER = `
  WITH server AS (
    SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 160000 AS has_options)
  SELECT has_options, pg_catalog.pg_has_role($1::pg_catalog.name, $2::pg_catalog.name, 'USAGE') AND pg_catalog.pg_has_role(
    $1::pg_catalog.name, $2::pg_catalog.name, CASE WHEN has_options THEN 'SET' ELSE 'MEMBER' END) AS is_member
  FROM server`;

async function joinOriginal(
  connection: PostgresConnection,
  clone: string,
  original: string,
  master: string,
): Promise<void> {
  const purpose = `make the user "${clone}" a member of "${original}"`;
  const [membership] = await connection.run({
    purpose,
    sql: IS_FULL_MEMBER,
    parameters: [clone, original],
  });
  if (membership?.["is_member"] === "t") return;
  const options = membership?.["has_options"] === "t" ? " WITH INHERIT TRUE, SET TRUE" : "";
  await connection.run({
    purpose,
    sql: `GRANT ${pg.escapeIdentifier(original)} TO ${pg.escapeIdentifier(clone)}${options}`,
    whenDenied: needsAdmin(master, original),
  });
}

async function copySettings(
  connection: PostgresConnection,
  clone: string,
  original: string,
  master: string,
): Promise<void> {
  const ofOriginal = await readRoleSettings(connection, original);
  const ofClone = await readRoleSettings(connection, clone);
  for (const change of settingChanges(original, ofOriginal, ofClone)) {
    await applySettingChange(connection, { clone, master }, change);
  }
}

function needsCreateRole(master: string): string {
  return `The master needs CREATEROLE: ALTER ROLE ${pg.escapeIdentifier(master)} CREATEROLE;`;
}

/** PostgreSQL 16: CREATEROLE gives rights only over roles that the user created itself. */
function needsAdmin(master: string, username: string): string {
  if (master === username) {
    return (
      "The master is this user itself, and since PostgreSQL 16 a user cannot be granted to itself. Name another secret in " +
      '"masterarn", with a role that may change both users.'
    );
  }
  const grant = `GRANT ${pg.escapeIdentifier(username)} TO ${pg.escapeIdentifier(master)} WITH ADMIN OPTION;`;
  return `Since PostgreSQL 16 it also needs ADMIN OPTION on users that it did not create: ${grant}`;
}
