import type { CredentialChange } from "../engine.ts";
import { type ConnectPostgres, logsIn, type PostgresConnection } from "./postgres-connection.ts";
import type { PostgresLogin } from "./postgres-document.ts";
import { scramVerifier } from "./scram-verifier.ts";
import { withUserLock } from "./user-lock.ts";

/**
 * Makes the pending login work. `apply` receives the verifier of the password and runs in a transaction that holds the
 * lock of the two users. It is skipped if another run made the change while this one waited for the lock.
 */
export async function changeUnderLock(
  parts: {
    readonly connect: ConnectPostgres;
    /** The session that `apply` uses. */
    readonly connection: PostgresConnection;
    readonly change: CredentialChange;
    readonly pending: PostgresLogin;
  },
  apply: (verifier: string) => Promise<void>,
): Promise<"changed" | "unchanged"> {
  const { connect, connection, change, pending } = parts;
  return await withUserLock(connection, pending.username, async () => {
    if (await logsIn(connect, pending)) return "unchanged";
    await change.lookAgain();
    await apply(await scramVerifier(pending.password));
    return "changed";
  });
}
