import pg from "pg";
import type { PostgresServer } from "../postgres/postgres.ts";

/** Which users each address is logged in as now, by pg_stat_activity. */
export async function databaseUsers(
  postgres: PostgresServer,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { host, port, superuser } = postgres;
  const { username: user, password } = superuser;
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database: "postgres",
    application_name: "demo",
  });
  // What happens to the connection is told by the promises; without a listener it would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    // A connection that is still being let in is listed without a user.
    const { rows } = await client.query<{ address: string; username: string }>(
      "SELECT host(client_addr) AS address, usename AS username FROM pg_stat_activity WHERE client_addr IS NOT NULL AND usename IS NOT NULL",
    );
    const users = new Map<string, Set<string>>();
    for (const { address, username } of rows) {
      users.set(address, (users.get(address) ?? new Set()).add(username));
    }
    return users;
  } finally {
    await client.end();
  }
}

/**
 * How many of the pods are not known to be logged in as `username` alone. The process node shows 10.a.b.c for a pod whose
 * processes have the loopback address 127.a.b.c.
 */
export function podsNotLoggedInAs(
  username: string,
  podAddresses: readonly string[],
  users: ReadonlyMap<string, ReadonlySet<string>>,
): number {
  return podAddresses.filter((shown) => {
    const seen = users.get(shown.replace(/^10\./, "127.")) ?? new Set();
    return seen.size !== 1 || !seen.has(username);
  }).length;
}
