import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import type { Role } from "./role.ts";
import type { ServerFacts } from "./server-facts.ts";

/**
 * The attributes that the server judges at a login, before the session acts as the original, in the words of ALTER ROLE.
 * SUPERUSER and REPLICATION are named only if the clone differs, because naming them takes more rights.
 */
export function loginAttributes(original: Role, clone: Role | undefined): string {
  return [
    "INHERIT",
    `CONNECTION LIMIT ${Number(original.connectionLimit)} VALID UNTIL ${pg.escapeLiteral(original.validUntil)}`,
    ...differing("SUPERUSER", original.isSuperuser, clone?.isSuperuser),
    ...differing("REPLICATION", original.mayReplicate, clone?.mayReplicate),
  ].join(" ");
}

function differing(attribute: string, wanted: boolean, has = false): readonly string[] {
  if (wanted === has) return [];
  return [wanted ? attribute : `NO${attribute}`];
}

/** @throws RotationError of kind `privilege` when only a superuser may change such a role, and the master is not one */
export function assertChangeable(
  { major, isSuperuser }: ServerFacts,
  { name, role, master }: { readonly name: string; readonly role: Role; readonly master: string },
): void {
  const attribute = superusersOnly(role, major);
  if (isSuperuser || attribute === undefined) return;
  const since = attribute === "SUPERUSER" ? "" : " before PostgreSQL 16";
  throw new RotationError(
    "privilege",
    `The user "${name}" has ${attribute}, so only a superuser may change it${since}, and the master "${master}" is not a ` +
      "superuser. Nothing was changed. Put a user without that attribute into the secret, or a superuser into masterarn.",
  );
}

/** The attribute that reserves changes of the role to superusers. */
function superusersOnly(role: Role, major: number): string | undefined {
  if (role.isSuperuser) return "SUPERUSER";
  if (major >= 16) return undefined;
  if (role.mayReplicate) return "REPLICATION";
  return role.bypassesRowSecurity ? "BYPASSRLS" : undefined;
}
