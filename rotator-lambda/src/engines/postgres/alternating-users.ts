import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../../rotation-error.ts";
import { masterSecretOf } from "../database-document.ts";
import type { EngineDependencies } from "../engine.ts";
import { changeUnderLock } from "./change-under-lock.ts";
import { grantLogin } from "./grant-login.ts";
import { actAsMaster } from "./master-role.ts";
import { type ConnectPostgres, logsIn, withConnection } from "./postgres-connection.ts";
import { type PostgresLogin, parsePostgresLogin } from "./postgres-document.ts";
import type { Strategy } from "./strategy.ts";
import { alternateOf } from "./user-names.ts";

/**
 * `app` and `app_clone` alternate. The user that is not current gets a new password while the other one still works. A
 * master user (`masterarn`) makes the change. It does not need to be a superuser.
 */
export function createAlternatingUsers(
  connect: ConnectPostgres,
  { readSecret }: Pick<EngineDependencies, "readSecret">,
): Strategy {
  return {
    overlap: true,
    successorOf: alternateOf,
    set: async (change, { current, pending }) => {
      await assertLogsIn(connect, current);
      const master = await readMaster(change.current, current, readSecret);
      return await withConnection(connect, master, (connection) =>
        changeUnderLock({ connect, connection, change, pending }, async (verifier) => {
          await actAsMaster(connection);
          await grantLogin(connection, { username: pending.username, verifier, master: master.username });
        }),
      );
    },
  };
}

/** Someone who can only write a secret's pending value, and does not know the current one, must not change a user. */
async function assertLogsIn(connect: ConnectPostgres, current: PostgresLogin): Promise<void> {
  if (await logsIn(connect, current)) return;
  throw new RotationError(
    "authentication",
    `The AWSCURRENT user "${current.username}" cannot log in at ${current.host}:${current.port}, database ` +
      `"${current.database}", with the password of the secret. Nothing was changed. Check whether the password was changed ` +
      "outside of the rotation, and store the correct one with PutSecretValue.",
  );
}

async function readMaster(
  document: SecretValue<string>,
  current: PostgresLogin,
  readSecret: EngineDependencies["readSecret"],
): Promise<PostgresLogin> {
  const master = parsePostgresLogin(await readSecret(masterSecretOf(document)), "master");
  if (master.host === current.host) return master;
  throw new RotationError(
    "document",
    `The master secret is for the host ${master.host}, the AWSCURRENT document for ${current.host}. Both must name the ` +
      'same host with the same spelling. Correct "masterarn" or one of the hosts.',
  );
}
