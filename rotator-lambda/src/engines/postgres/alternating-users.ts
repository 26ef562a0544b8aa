import { isClone } from "../clone-names.ts";
import { masterSecretOf } from "../database-document.ts";
import type { CredentialChange, EngineDependencies } from "../engine.ts";
import { actingRoleFault } from "./acting-role.ts";
import { changeUnderLock } from "./change-under-lock.ts";
import { assertLogsIn } from "./current-login.ts";
import { grantLogin } from "./grant-login.ts";
import { hasHeldLogin } from "./held-login.ts";
import { actAsMaster } from "./master-role.ts";
import { assertSameServer } from "./master-server.ts";
import { type ConnectPostgres, withConnection } from "./postgres-connection.ts";
import { atServerOf, type PostgresLogin, parsePostgresLogin } from "./postgres-document.ts";
import type { SessionFault, Strategy } from "./strategy.ts";
import { alternateOf } from "./user-names.ts";

/**
 * `app` and `app_clone` alternate. The user that is not current gets a new password while the other one still works. A
 * master user (`masterarn`) makes the change. It does not need to be a superuser.
 *
 * The login that proves the right to a change, and the change, happen at the server of the master's document. The writer of
 * the application's document does not choose that server.
 */
export function createAlternatingUsers(
  connect: ConnectPostgres,
  dependencies: Pick<EngineDependencies, "readSecret" | "masterBinding">,
): Strategy {
  return {
    overlap: true,
    successorOf: alternateOf,
    sessionFault,
    set: async (change, logins) => {
      const master = await readMaster(change, logins.current, dependencies);
      await assertLogsIn(connect, change, atServerOf(master, logins.current));
      const pending = atServerOf(master, logins.pending);
      return await withConnection(connect, master, (connection) =>
        changeUnderLock({ connect, connection, change, pending, sessionFault }, async (verifier) => {
          await actAsMaster(connection);
          await grantLogin(connection, {
            username: pending.username,
            verifier,
            master: master.username,
            secretArn: change.secretArn,
            hasHeldLogin: () => hasHeldLogin(connect, change, pending),
          });
        }),
      );
    },
  };
}

/** A clone that acts as itself owns the objects that it creates, and the original cannot use them. */
const sessionFault: SessionFault = async (connection, username) =>
  isClone(username) ? await actingRoleFault(connection, username) : undefined;

/** The master's login. Without a binding in the settings, both documents must name the same server. */
async function readMaster(
  change: CredentialChange,
  current: PostgresLogin,
  { readSecret, masterBinding }: Pick<EngineDependencies, "readSecret" | "masterBinding">,
): Promise<PostgresLogin> {
  const master = parsePostgresLogin(await readSecret(masterSecretOf(change.current)), "master");
  if (masterBinding === "address") assertSameServer(master, current);
  return master;
}
