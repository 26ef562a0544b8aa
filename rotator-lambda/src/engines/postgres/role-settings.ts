import pg from "pg";
import type { PostgresConnection, Row, Statement } from "./postgres-connection.ts";

/** One `ALTER ROLE ... SET`. */
export interface RoleSetting {
  /** Undefined for all databases. */
  readonly database: string | undefined;
  readonly name: string;
  readonly value: string;
}

/** A change to a role's settings. Undefined as the value removes the setting. */
export type SettingChange = Omit<RoleSetting, "value"> & { readonly value: string | undefined };

const ROLE = "role";

const SETTINGS_OF = `
  SELECT d.datname AS database, setting
  FROM pg_catalog.pg_db_role_setting s
  JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
  LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
  CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS setting
  WHERE r.rolname = $1`;

/** The settings of a role itself. Members of the role do not inherit them. */
export async function readRoleSettings(
  connection: PostgresConnection,
  role: string,
): Promise<readonly RoleSetting[]> {
  const rows = await connection.run({
    purpose: `read the settings of the user "${role}"`,
    sql: SETTINGS_OF,
    parameters: [role],
  });
  return rows.map(parseRow);
}

/**
 * The changes that give the clone the original's settings and make its sessions act as the original from the login on.
 * Objects that the clone creates then belong to the original.
 */
export function settingChanges(
  original: string,
  ofOriginal: readonly RoleSetting[],
  ofClone: readonly RoleSetting[],
): readonly SettingChange[] {
  const actsAs = { database: undefined, name: ROLE, value: original };
  const hasRole = ofOriginal.some((setting) => isSame(setting, actsAs));
  const wanted = hasRole ? ofOriginal : [...ofOriginal, actsAs];
  const toSet = wanted.filter(
    (setting) => !ofClone.some((other) => isSame(other, setting) && other.value === setting.value),
  );
  const toReset = ofClone
    .filter((setting) => !wanted.some((other) => isSame(other, setting)))
    .map((setting) => ({ ...setting, value: undefined }));
  return [...toSet, ...toReset];
}

/**
 * Makes one change to the settings of `clone`, in a transaction.
 * @throws RotationError of kind `privilege` when the master lacks the right, for example for a superuser's setting. The
 * whole change then fails, because the application might not work without the setting.
 */
export async function applySettingChange(
  connection: PostgresConnection,
  { clone, master }: { readonly clone: string; readonly master: string },
  { database, name, value }: SettingChange,
): Promise<void> {
  const scope = database === undefined ? "" : ` IN DATABASE ${pg.escapeIdentifier(database)}`;
  const alter = `ALTER ROLE ${pg.escapeIdentifier(clone)}${scope}`;
  const setting = quotedSetting(name);
  const about = {
    purpose: `copy the setting "${name}" from the original to the user "${clone}"`,
    whenDenied:
      `Since PostgreSQL 15 a superuser can let the master do it: GRANT SET ON PARAMETER ${setting} TO ` +
      `${pg.escapeIdentifier(master)};`,
  };
  if (value === undefined) {
    await connection.run({ ...about, sql: `${alter} RESET ${setting}` });
  } else if (name === ROLE) {
    await connection.run({ ...about, sql: `${alter} SET role = ${pg.escapeLiteral(value)}` });
  } else {
    // FROM CURRENT, because SET does not accept a list (search_path) as the single text from the catalog.
    const before = await setForNow(connection, about, name, value);
    await connection.run({ ...about, sql: `${alter} SET ${setting} FROM CURRENT` });
    await setForNow(connection, about, name, before);
  }
}

/** Sets a setting for the rest of the transaction. Returns the value before. */
async function setForNow(
  connection: PostgresConnection,
  about: Pick<Statement, "purpose" | "whenDenied">,
  name: string,
  value: string | null,
): Promise<string | null> {
  const [before] = await connection.run({
    ...about,
    sql: "SELECT pg_catalog.current_setting($1, true) AS value, pg_catalog.set_config($1, $2, true)",
    parameters: [name, value],
  });
  return before?.["value"] ?? null;
}

function isSame(
  one: Pick<RoleSetting, "database" | "name">,
  other: Pick<RoleSetting, "database" | "name">,
): boolean {
  return one.database === other.database && one.name === other.name;
}

function parseRow(row: Row): RoleSetting {
  const setting = row["setting"] ?? "";
  const equals = setting.indexOf("=");
  return {
    database: row["database"] ?? undefined,
    name: setting.slice(0, equals),
    value: setting.slice(equals + 1),
  };
}

/** A setting's name, with each of its parts (`app.tenant`) quoted. */
function quotedSetting(name: string): string {
  return name.split(".").map(pg.escapeIdentifier).join(".");
}
