/** How long an open transaction may wait for its next statement. A function that disappears releases its locks after this. */
const IDLE_TIMEOUT_MS = 30_000;

/**
 * The settings that every transaction begins with, in one message with its BEGIN. No timeout of the user can then apply
 * between the statements. They end with the transaction, because a pooler may pass the session to an application afterwards.
 *
 * The owner of the database chooses the settings of new sessions. With this search_path no function of that owner can run
 * with the rights of the user who logs in.
 */
export function transactionSettings(statementTimeoutMs: number): string {
  return `
  SET LOCAL search_path = pg_catalog, pg_temp;
  SET LOCAL idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS};
  SET LOCAL statement_timeout = ${statementTimeoutMs}`;
}
