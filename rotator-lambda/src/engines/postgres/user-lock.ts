import { createHash } from "node:crypto";
import { originalOf } from "../clone-names.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { transactionSettings } from "./transaction-settings.ts";

/** The longest wait for another change to the same users. */
const LOCK_TIMEOUT_MS = 10_000;
/** Longer than the timeout of the lock, whose error says more. */
const STATEMENT_TIMEOUT_MS = LOCK_TIMEOUT_MS + 1_000;

const BEGIN = `
  BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
  SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS};
  ${transactionSettings(STATEMENT_TIMEOUT_MS)}`;

/**
 * Runs `change` in one transaction that holds the advisory lock of the user and its clone. No other change to the two runs at
 * the same time, and an interrupted change leaves nothing behind. Advisory locks are per database: always connect to the same
 * one, the master's.
 */
export async function withUserLock<T>(
  connection: PostgresConnection,
  username: string,
  change: () => Promise<T>,
): Promise<T> {
  const purpose = "lock the secret's users";
  await connection.run({ purpose, sql: BEGIN });
  try {
    await connection.run({
      purpose,
      sql: "SELECT pg_catalog.pg_advisory_xact_lock($1::pg_catalog.int8)",
      parameters: [lockKey(username)],
    });
    const result = await change();
    await connection.run({ purpose: "commit the change", sql: "COMMIT" });
    return result;
  } catch (error) {
    // If the session no longer works, the server rolls back when the session ends.
    await connection.run({ purpose: "undo the change", sql: "ROLLBACK" }).catch(() => {});
    throw error;
  }
}

/** The lock's key in PostgreSQL's form: a signed 64-bit number. */
export function lockKey(username: string): string {
  const name = `rotatedsecrets.dev/user/${originalOf(username)}`;
  return createHash("sha256").update(name).digest().readBigInt64BE(0).toString();
}
