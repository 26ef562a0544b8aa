import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import { isClone, originalOf } from "./alternating-users.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { applySettingChange, readRoleSettings, settingChanges } from "./role-settings.ts";

/** A login that is to work. */
export interface LoginGrant {
  readonly username: string;
  /** SCRAM verifier of the password: see scram-verifier.ts. */
  readonly verifier: string;
  /** Who makes the change, for advice. */
  readonly master: string;
}

/**
 * Lets the user log in with the password of the verifier. A clone is made if need be, and is given all that the original
 * has. Must run in a transaction; done again it changes nothing more.
 */
export async function grantLogin(connection: PostgresConnection, grant: LoginGrant): Promise<void> {
  const { username, master } = grant;
  const original = originalOf(username);
  if (!(await roleExists(connection, original))) {
    throw new RotationError(
      "database",
      `There is no user "${original}" in the database; "${username}" cannot stand in for it. Create it, or store the ` +
        "user that the application is to have in the secret.",
    );
  }
  await setPassword(connection, grant);
  if (!isClone(username)) return;
  await joinOriginal(connection, username, original, master);
  await copySettings(connection, username, original, master);
}

async function setPassword(
  connection: PostgresConnection,
  { username, verifier, master }: LoginGrant,
): Promise<void> {
  const role = pg.escapeIdentifier(username);
  const login = `LOGIN PASSWORD ${pg.escapeLiteral(verifier)}`;
  if (await roleExists(connection, username)) {
    await connection.run({
      purpose: `set the password of the user "${username}"`,
      sql: `ALTER ROLE ${role} ${login}`,
      whenDenied: `${needsCreateRole(master)} ${needsAdmin(master, username)}`,
    });
  } else {
    await connection.run({
      purpose: `create the user "${username}"`,
      sql: `CREATE ROLE ${role} ${login}`,
      whenDenied: needsCreateRole(master),
    });
  }
}

async function joinOriginal(
  connection: PostgresConnection,
  clone: string,
  original: string,
  master: string,
): Promise<void> {
  const purpose = `make the user "${clone}" a member of "${original}"`;
  const [membership] = await connection.run({
    purpose,
    sql: "SELECT pg_catalog.pg_has_role($1::name, $2::name, 'MEMBER') AS is_member",
    parameters: [clone, original],
  });
  if (membership?.["is_member"] === "t") return;
  await connection.run({
    purpose,
    sql: `GRANT ${pg.escapeIdentifier(original)} TO ${pg.escapeIdentifier(clone)}`,
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

async function roleExists(connection: PostgresConnection, username: string): Promise<boolean> {
  const rows = await connection.run({
    purpose: `look for the user "${username}"`,
    sql: "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1",
    parameters: [username],
  });
  return rows.length > 0;
}

function needsCreateRole(master: string): string {
  return `The master needs CREATEROLE: ALTER ROLE ${pg.escapeIdentifier(master)} CREATEROLE;`;
}

/** PostgreSQL 16: CREATEROLE alone is a right over those roles only that the user created itself. */
function needsAdmin(master: string, username: string): string {
  const grant = `GRANT ${pg.escapeIdentifier(username)} TO ${pg.escapeIdentifier(master)} WITH ADMIN OPTION;`;
  return `Since PostgreSQL 16 it also needs ADMIN OPTION on users that it did not create: ${grant}`;
}
