import type { SecretArn } from "@rotated-secrets/contract/version-id";
import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import { isClone, originalOf } from "../clone-names.ts";
import { claimClone, markClone } from "./clone-owner.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { assertNotExpired, type Role, readRole } from "./role.ts";
import { assertChangeable, loginAttributes } from "./role-attributes.ts";
import { applySettingChange, readRoleSettings, settingChanges } from "./role-settings.ts";
import { assertRoleSurvives } from "./role-survival.ts";
import { readServerFacts } from "./server-facts.ts";

/** A login to make work. */
export interface LoginGrant {
  readonly username: string;
  /** SCRAM verifier of the password: see scram-verifier.ts. */
  readonly verifier: string;
  /** The user who makes the change. Error messages name it. */
  readonly master: string;
  /** The secret of the user. */
  readonly secretArn: SecretArn;
  /** Whether this secret has been able to log in as the user before. */
  readonly hasHeldLogin: () => Promise<boolean>;
}

/**
 * Lets the user log in with the password of the verifier. Creates a missing clone, and gives the clone everything that the
 * original has. Must run in a transaction. A second run changes nothing more.
 */
export async function grantLogin(connection: PostgresConnection, grant: LoginGrant): Promise<void> {
  const server = await readServerFacts(connection);
  const originalName = originalOf(grant.username);
  const original = await readOriginal(connection, grant);
  assertChangeable(server, { name: originalName, role: original, master: grant.master });
  if (isClone(grant.username)) assertRoleSurvives(server, grant.username);
  await claimClone(connection, { ...grant, original: originalName });
  const login = `LOGIN PASSWORD ${pg.escapeLiteral(grant.verifier)}`;
  if (isClone(grant.username)) await grantToClone(connection, { grant, original, login });
  else await alterRole(connection, grant, login);
}

/** The original of the user. @throws RotationError of kind `database` when it does not exist or has expired */
async function readOriginal(connection: PostgresConnection, { username }: LoginGrant): Promise<Role> {
  const name = originalOf(username);
  const original = await readRole(connection, name);
  if (original === undefined) {
    throw new RotationError(
      "database",
      `There is no user "${name}" in the database, so "${username}" cannot act as its clone. Create it, or store the ` +
        "application's user in the secret.",
    );
  }
  assertNotExpired(name, original);
  return original;
}

async function grantToClone(
  connection: PostgresConnection,
  { grant, original, login }: { readonly grant: LoginGrant; readonly original: Role; readonly login: string },
): Promise<void> {
  const { username, master, secretArn } = grant;
  const originalName = originalOf(username);
  const clone = await readRole(connection, username);
  const attributes = `${login} ${loginAttributes(original, clone)}`;
  if (clone === undefined) {
    await createRole(connection, grant, attributes);
    await markClone(connection, { original: originalName, secretArn, master, comment: "" });
  } else await alterRole(connection, grant, attributes);
  await joinOriginal(connection, username, originalName, master);
  await copySettings(connection, username, originalName, master);
}

async function alterRole(
  connection: PostgresConnection,
  { username, master }: LoginGrant,
  attributes: string,
): Promise<void> {
  await connection.run({
    purpose: `set the password of the user "${username}"`,
    sql: `ALTER ROLE ${pg.escapeIdentifier(username)} ${attributes}`,
    whenDenied: `${needsCreateRole(master)} ${needsAdmin(master, username)}${needsReplication(master, attributes)}`,
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
    whenDenied: `${needsCreateRole(master)}${needsReplication(master, attributes)}`,
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

/** The attribute can be given by a superuser only, and since PostgreSQL 16 by a role that has it. */
function needsReplication(master: string, attributes: string): string {
  if (!/\b(NO)?REPLICATION\b/.test(attributes)) return "";
  return ` To give the user's REPLICATION to its clone it needs the attribute itself: ALTER ROLE ${pg.escapeIdentifier(master)} REPLICATION;`;
}
