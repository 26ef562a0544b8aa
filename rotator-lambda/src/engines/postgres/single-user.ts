import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import { originalOf } from "../clone-names.ts";
import type { CredentialChange } from "../engine.ts";
import { isSameAddress } from "../server-address.ts";
import { changeUnderLock } from "./change-under-lock.ts";
import { assertNotOthers } from "./clone-owner.ts";
import {
  type ConnectPostgres,
  connectIfLetIn,
  logsIn,
  type PostgresConnection,
} from "./postgres-connection.ts";
import { type PostgresLogin, readPrevious } from "./postgres-document.ts";
import type { SessionFault, Strategy, SuccessiveLogins } from "./strategy.ts";

/**
 * One user changes its own password, which needs no extra rights. From then on the server refuses the old password.
 * Readers of AWSCURRENT fail until finishSecret has moved the label and they have read the secret again.
 */
export function createSingleUser(connect: ConnectPostgres): Strategy {
  return {
    overlap: false,
    successorOf: (username) => username,
    sessionFault,
    set: async (change, logins) => {
      const connection = await ownSession(connect, change, logins);
      if (connection === undefined) return "unchanged";
      const { pending } = logins;
      try {
        return await changeUnderLock(
          { connect, connection, change, pending, sessionFault },
          async (verifier) => {
            await assertNotOthers(connection, originalOf(pending.username), change.secretArn);
            await setOwnPassword(connection, pending.username, verifier);
          },
        );
      } finally {
        await connection.end();
      }
    },
  };
}

const sessionFault: SessionFault = async () => undefined;

/**
 * A session with the first of AWSCURRENT and AWSPREVIOUS that the server accepts; undefined if AWSPENDING already works. It
 * returns an open session because another run may set AWSPENDING before a second login.
 * @throws RotationError when the server refuses all three
 */
async function ownSession(
  connect: ConnectPostgres,
  change: CredentialChange,
  { current, pending }: SuccessiveLogins,
): Promise<PostgresConnection | undefined> {
  const byCurrent = await connectIfLetIn(connect, current);
  if (byCurrent !== undefined) return byCurrent;
  const previous = await previousLogin(change, current);
  const byPrevious = previous && (await connectIfLetIn(connect, previous));
  if (byPrevious !== undefined) return byPrevious;
  // Another run may have set it since the first check.
  if (await logsIn(connect, pending)) return undefined;
  throw new RotationError(
    "authentication",
    `The user "${current.username}" cannot log in at ${current.host}:${current.port}, database "${current.database}", with ` +
      "the password of AWSCURRENT, of AWSPREVIOUS or of AWSPENDING. Nothing was changed. Check whether the password was " +
      "changed outside of the rotation, and whether the user is past its VALID UNTIL. Store the correct password with " +
      "PutSecretValue.",
  );
}

/**
 * AWSPREVIOUS's login at AWSCURRENT's database; undefined if AWSPREVIOUS is unusable, or for another user or server. Someone who
 * can write a secret, but not read it, must not get its earlier password sent to another server.
 */
async function previousLogin(
  change: CredentialChange,
  current: PostgresLogin,
): Promise<PostgresLogin | undefined> {
  const previous = await readPrevious(change);
  if (previous?.username !== current.username || !isSameAddress(previous, current)) return undefined;
  return { ...previous, database: current.database };
}

async function setOwnPassword(
  connection: PostgresConnection,
  username: string,
  verifier: string,
): Promise<void> {
  const purpose = `set the password of the user "${username}"`;
  // A user with ALTER ROLE ... SET role acts as another one, but can only change its password as itself.
  await connection.run({ purpose, sql: "SET LOCAL ROLE NONE" });
  await connection.run({
    purpose,
    sql: `ALTER ROLE ${pg.escapeIdentifier(username)} PASSWORD ${pg.escapeLiteral(verifier)}`,
    whenDenied:
      "A user may change its own password, unless RDS's rds.restrict_password_commands is on: " +
      `GRANT rds_password TO ${pg.escapeIdentifier(username)}; Before PostgreSQL 16 a user with REPLICATION or BYPASSRLS may ` +
      "not: use a master with SUPERUSER in masterarn.",
  });
}
