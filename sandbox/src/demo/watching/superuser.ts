import pg from "pg";
import type { PostgresServer } from "../../postgres/postgres.ts";

/** A superuser's client, which is not connected yet. It sees the sessions of all users. */
export function superuserClient({ host, port, superuser }: PostgresServer): pg.Client {
  const { username: user, password } = superuser;
  const client = new pg.Client({
    ...{ host, port, user, password },
    database: "postgres",
    application_name: "demo",
  });
  // The promises report every failure. Without a listener the event would end the process.
  client.on("error", () => {});
  return client;
}

/** The rows of one query over a connection of its own. */
export async function asSuperuser<Row extends object>(
  postgres: PostgresServer,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = superuserClient(postgres);
  try {
    await client.connect();
    return (await client.query<Row>(sql, [...parameters])).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
