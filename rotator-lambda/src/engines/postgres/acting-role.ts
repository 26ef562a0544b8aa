import { RotationError } from "../../rotation-error.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { RELEASES_THAT_KEEP_THE_ROLE } from "./role-survival.ts";
import { transactionSettings } from "./transaction-settings.ts";

const TIMEOUT_MS = 10_000;

/** The setting `role` of the user for this database, or else for all databases. */
const WANTED = `
  SELECT current_user AS acting, (
    SELECT pg_catalog.substr(setting, 6)
    FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) s.setrole
    LEFT JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
    CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS setting
    WHERE r.rolname OPERATOR(pg_catalog.=) session_user AND pg_catalog.starts_with(setting, 'role=')
    AND coalesce(d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database(), true)
    ORDER BY d.datname IS NULL LIMIT 1) AS wanted`;

/**
 * The fault of a clone's session that does not act as the original, from the login on and after DISCARD ALL; undefined if it
 * does. It resets the session in a transaction, because a pooler may pass it to an application afterwards.
 */
export async function actingRoleFault(
  connection: PostgresConnection,
  clone: string,
): Promise<RotationError | undefined> {
  const purpose = "look for the role of the session";
  await connection.run({ purpose, sql: `BEGIN READ ONLY; ${transactionSettings(TIMEOUT_MS)}` });
  const [login] = await connection.run({ purpose, sql: WANTED });
  // The part of DISCARD ALL that has to do with roles.
  const [reset] = await connection.run({
    purpose,
    sql: "RESET SESSION AUTHORIZATION; SELECT current_user AS acting",
  });
  await connection.run({ purpose, sql: "ROLLBACK" });
  const wanted = login?.["wanted"] ?? undefined;
  if (wanted === undefined) return fault(clone, "has no setting for the user that it acts as");
  if (login?.["acting"] !== wanted) return fault(clone, `does not act as "${wanted}" after the login`);
  if (reset?.["acting"] !== wanted)
    return fault(clone, `does not act as "${wanted}" any more after DISCARD ALL`);
  return undefined;
}

function fault(clone: string, what: string): RotationError {
  return new RotationError(
    "database",
    `The user "${clone}" ${what}, so the original user would lose access to its objects. PostgreSQL keeps the role since ` +
      `${RELEASES_THAT_KEEP_THE_ROLE}. Upgrade an older server. On a newer one look for a setting of the user or the database ` +
      'that changes "role": \\drds in psql.',
  );
}
