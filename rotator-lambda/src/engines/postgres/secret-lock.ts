import { createHash } from "node:crypto";
import type { SecretArn } from "@rotated-secrets/contract/version-id";
import type { PostgresConnection } from "./postgres-connection.ts";

/** How long to wait for another change to the same secret's users. */
const LOCK_TIMEOUT_MS = 10_000;
/** How long a function that vanished without a word, which the server cannot know, may keep the lock. */
const IDLE_TIMEOUT_MS = 30_000;

/**
 * Runs `change` in one transaction that holds the secret's advisory lock: no other change to its users runs meanwhile, and
 * wherever this one is cut off, nothing of it remains. Advisory locks are per database: connect to the master's.
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
    // The statement timeout must not come before the lock's, whose error says more.
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
    // Ends the transaction where the session still can; where it cannot, the server ends it with the session.
    await connection.run({ purpose: "undo the change", sql: "ROLLBACK" }).catch(() => {});
    throw error;
  }
}

/** The secret's lock as PostgreSQL names locks: 64 bits, signed. */
export function lockKey(secretArn: SecretArn): string {
  return createHash("sha256").update(secretArn).digest().readBigInt64BE(0).toString();
}
