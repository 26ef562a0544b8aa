import type { CredentialChange } from "../engine.ts";
import type { ConnectPostgres, PostgresConnection } from "./postgres-connection.ts";
import type { PostgresLogin } from "./postgres-document.ts";
import { scramVerifier, verifierSalt } from "./scram-verifier.ts";
import type { SessionFault } from "./strategy.ts";
import { withUserLock } from "./user-lock.ts";
import { works } from "./working-login.ts";

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
    readonly sessionFault: SessionFault;
  },
  apply: (verifier: string) => Promise<void>,
): Promise<"changed" | "unchanged"> {
  const { connect, connection, change, pending, sessionFault } = parts;
  return await withUserLock(connection, pending.username, async () => {
    if (await works(connect, pending, sessionFault)) return "unchanged";
    await change.lookAgain();
    await apply(await scramVerifier(pending.password, verifierSalt(change.versionId, pending.username)));
    return "changed";
  });
}
