import { createHash } from "node:crypto";
import type { SecretArn } from "@rotated-secrets/contract/version-id";
import type { PostgresConnection } from "./postgres-connection.ts";

/** The longest wait for another change to the same secret's users. */
const LOCK_TIMEOUT_MS = 10_000;
/** How long the lock lasts if the function disappears without closing its connection. */
const IDLE_TIMEOUT_MS = 30_000;

/**
 * Runs `change` in one transaction that holds the secret's advisory lock. No other change to the secret's users runs at the
 * same time, and an interrupted change leaves nothing behind. Advisory locks are per database: always connect to the same
 * one, the master's.
 */
export async function withSecretLock<T>(
  connection: PostgresConnection,
  secretArn: SecretArn,
  change: () => Promise<T>,
): Promise<T> {
  const purpose = "lock the secret's users";
  await connection.run({ purpose, sql: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" });
  try {
    await connection.run({ purpose, sql: `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}` });
    await connection.run({
      purpose,
      sql: `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}`,
    });
    // The lock timeout must come first, because its error says more than that of the statement timeout.
    await connection.run({ purpose, sql: `SET LOCAL statement_timeout = ${LOCK_TIMEOUT_MS + 1_000}` });
    await connection.run({
      purpose,
      sql: "SELECT pg_catalog.pg_advisory_xact_lock($1::bigint)",
      parameters: [lockKey(secretArn)],
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

/** The secret's lock in PostgreSQL's form: a signed 64-bit number. */
export function lockKey(secretArn: SecretArn): string {
  return createHash("sha256").update(secretArn).digest().readBigInt64BE(0).toString();
}
