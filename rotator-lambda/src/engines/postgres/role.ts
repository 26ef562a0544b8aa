import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import type { PostgresConnection } from "./postgres-connection.ts";

/** The attributes of a role that the server judges at its login, or at a change to it. */
export interface Role {
  readonly isSuperuser: boolean;
  readonly mayReplicate: boolean;
  readonly bypassesRowSecurity: boolean;
  /** The most sessions at a time, as text; -1 means no limit. */
  readonly connectionLimit: string;
  /** When its password expires, in a form that PostgreSQL reads; `infinity` for never. */
  readonly validUntil: string;
  readonly isExpired: boolean;
}

// All names have their schema, as in every statement of this engine: see session-settings.test.ts.
const ROLE = `
  SELECT rolsuper, rolreplication, rolbypassrls, rolconnlimit::pg_catalog.text AS connection_limit,
    CASE WHEN pg_catalog.isfinite(rolvaliduntil) THEN pg_catalog.to_char(rolvaliduntil AT TIME ZONE 'UTC',
      'YYYY-MM-DD HH24:MI:SS.US"+00"') ELSE coalesce(rolvaliduntil::pg_catalog.text, 'infinity') END AS valid_until,
    coalesce(rolvaliduntil OPERATOR(pg_catalog.<=) pg_catalog.now(), false) AS is_expired
  FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1::pg_catalog.name`;

/** The role with this name; undefined if there is none. */
export async function readRole(connection: PostgresConnection, name: string): Promise<Role | undefined> {
  const [row] = await connection.run({
    purpose: `look for the user "${name}"`,
    sql: ROLE,
    parameters: [name],
  });
  if (row === undefined) return undefined;
  return {
    isSuperuser: row["rolsuper"] === "t",
    mayReplicate: row["rolreplication"] === "t",
    bypassesRowSecurity: row["rolbypassrls"] === "t",
    connectionLimit: row["connection_limit"] ?? "-1",
    validUntil: row["valid_until"] ?? "infinity",
    isExpired: row["is_expired"] === "t",
  };
}

/** An expired user cannot log in with any password, and a rotation must not extend it. @throws RotationError of kind `database` */
export function assertNotExpired(name: string, role: Role): void {
  if (!role.isExpired) return;
  throw new RotationError(
    "database",
    `The user "${name}" is past its VALID UNTIL (${role.validUntil}), so none of its passwords works, and "${name}" and its ` +
      `clone cannot alternate. Nothing was changed. Extend it: ALTER ROLE ${pg.escapeIdentifier(name)} VALID UNTIL 'infinity';`,
  );
}
