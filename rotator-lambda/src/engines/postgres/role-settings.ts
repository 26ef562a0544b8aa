import pg from "pg";
import type { PostgresConnection, Row } from "./postgres-connection.ts";

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
  JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) s.setrole
  LEFT JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
  CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS setting
  WHERE r.rolname OPERATOR(pg_catalog.=) $1::pg_catalog.name`;

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
  const action = value === undefined ? `RESET ${setting}` : `SET ${setting} = ${quotedValue(name, value)}`;
  await connection.run({ ...about, sql: `${alter} ${action}` });
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

/** PostgreSQL's settings whose value is a list of quoted names (GUC_LIST_QUOTE). pg_dump has the same list. */
const LISTS_OF_NAMES: ReadonlySet<string> = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

/** A value from the catalog as SET reads it: SET would quote a list of names that arrives as a single text. */
function quotedValue(name: string, value: string): string {
  const values = LISTS_OF_NAMES.has(name.toLowerCase()) ? namesOf(value) : [value];
  return values.map(pg.escapeLiteral).join(", ");
}

const NAME = /"((?:[^"]|"")*)"|[^\s,"]+/g;

/** The names in a list such as `"$user", "odd, schema", public`. An empty list has one empty name, as SET needs one. */
function namesOf(list: string): readonly string[] {
  const names = [...list.matchAll(NAME)].map(([plain, quoted]) => quoted?.replaceAll('""', '"') ?? plain);
  return names.length === 0 ? [""] : names;
}
