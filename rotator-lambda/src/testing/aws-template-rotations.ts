import { randomUUID } from "node:crypto";
import pg from "pg";
import { edit } from "./engine-rotation.ts";
import type { TestDatabase } from "./test-database.ts";

const CLONE_SUFFIX = "_clone";

/** A document in the format of Python's json.dumps. */
function dumps(document: string): string {
  return document.replaceAll('":', '": ').replaceAll(',"', ', "');
}

/**
 * Changes the database like a rotation by AWS's template for one user. Returns the new current document.
 * aws-samples/aws-secrets-manager-rotation-lambdas, SecretsManagerRDSPostgreSQLRotationSingleUser.
 */
export async function rotateByAwsSingleUser(database: TestDatabase, current: string): Promise<string> {
  const pending = edit(current, { password: `aws ${randomUUID()}` });
  const { username, password } = JSON.parse(pending);
  const user = pg.escapeIdentifier(username);
  await database.query(current, `ALTER USER ${user} WITH PASSWORD ${pg.escapeLiteral(password)}`);
  await database.query(pending, "SELECT NOW()");
  return dumps(pending);
}

/** The same for AWS's template for two users: SecretsManagerRDSPostgreSQLRotationMultiUser. */
export async function rotateByAwsMultiUser(database: TestDatabase, current: string): Promise<string> {
  const { username } = JSON.parse(current);
  const alternate = username.endsWith(CLONE_SUFFIX)
    ? username.slice(0, -CLONE_SUFFIX.length)
    : username + CLONE_SUFFIX;
  const pending = edit(current, { username: alternate, password: `aws ${randomUUID()}` });
  await database.query(current, "SELECT 1");
  const [currentUser, pendingUser] = [username, alternate].map(pg.escapeIdentifier);
  const password = pg.escapeLiteral(JSON.parse(pending).password);
  const there = await database.asMaster(
    `SELECT 1 FROM pg_roles WHERE rolname = ${pg.escapeLiteral(alternate)}`,
  );
  await database.asMaster(
    there.length === 0
      ? `CREATE ROLE ${pendingUser} WITH LOGIN PASSWORD ${password}; GRANT ${currentUser} TO ${pendingUser}`
      : `ALTER USER ${pendingUser} WITH PASSWORD ${password}`,
  );
  await database.query(pending, "SELECT NOW()");
  return dumps(pending);
}
