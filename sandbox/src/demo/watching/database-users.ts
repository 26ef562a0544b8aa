import type { PostgresServer } from "../../postgres/postgres.ts";
import { asSuperuser } from "./superuser.ts";

/** A connection that is still logging in is listed without a user. */
const SESSIONS = `
  SELECT host(client_addr) AS address, usename AS username FROM pg_stat_activity
  WHERE client_addr IS NOT NULL AND usename IS NOT NULL`;

/** The users that sessions from each address are logged in as now, by pg_stat_activity. */
export async function databaseUsers(
  postgres: PostgresServer,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const users = new Map<string, Set<string>>();
  const sessions = await asSuperuser<{ address: string; username: string }>(postgres, SESSIONS);
  for (const { address, username } of sessions) {
    users.set(address, (users.get(address) ?? new Set()).add(username));
  }
  return users;
}

/**
 * The number of pods that are not logged in as `username`, or not as `username` alone. The sandbox's node reports the
 * address 10.a.b.c for a pod whose processes have the loopback address 127.a.b.c.
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
