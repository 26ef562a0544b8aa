import type { PostgresConnection } from "./postgres-connection.ts";

const CREATES_ROLES = (role: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) ${role} AND (rolsuper OR rolcreaterole))`;

/**
 * For the rest of the transaction the session acts as the user who logged in, if only that user may change roles. The
 * attributes of a role do not apply while the session acts as another role, by `ALTER ROLE ... SET role`.
 */
export async function actAsMaster(connection: PostgresConnection): Promise<void> {
  await connection.run({
    purpose: "act as the master",
    sql: `SELECT pg_catalog.set_config('role', 'none', true)
      WHERE ${CREATES_ROLES("session_user")} AND NOT ${CREATES_ROLES("current_user")}`,
  });
}
