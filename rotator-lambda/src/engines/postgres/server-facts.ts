import type { PostgresConnection } from "./postgres-connection.ts";

/** The facts that limit the changes on this server. */
export interface ServerFacts {
  readonly major: number;
  readonly minor: number;
  /** Whether the session has the rights of a superuser. */
  readonly isSuperuser: boolean;
}

/** Reads the release of the server and the rights of the session. */
export async function readServerFacts(connection: PostgresConnection): Promise<ServerFacts> {
  const [row] = await connection.run({
    purpose: "look for the release of the server",
    sql: `SELECT pg_catalog.current_setting('server_version_num') AS release,
      pg_catalog.current_setting('is_superuser') AS is_superuser`,
  });
  // 150010 is 15.10.
  const release = Number(row?.["release"]);
  return {
    major: Math.trunc(release / 10_000),
    minor: release % 10_000,
    isSuperuser: row?.["is_superuser"] === "on",
  };
}
