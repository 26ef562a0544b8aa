import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import type { CredentialChange } from "../engine.ts";
import { changeUnderLock } from "./change-under-lock.ts";
import {
  type ConnectPostgres,
  connectIfLetIn,
  logsIn,
  type PostgresConnection,
} from "./postgres-connection.ts";
import { type PostgresLogin, parsePostgresLogin } from "./postgres-document.ts";
import type { Strategy, SuccessiveLogins } from "./strategy.ts";

/**
 * One user changes its own password, for which it needs no rights. The old password is refused from that moment on, so
 * whoever reads AWSCURRENT fails until finishSecret has moved it, and until it has read again.
 */
export function createSingleUser(connect: ConnectPostgres): Strategy {
  return {
    overlap: false,
    successorOf: (username) => username,
    set: async (change, logins) => {
      const connection = await ownSession(connect, change, logins);
      if (connection === undefined) return "unchanged";
      const { pending } = logins;
      try {
        return await changeUnderLock({ connect, connection, change, pending }, (verifier) =>
          setOwnPassword(connection, pending.username, verifier),
        );
      } finally {
        await connection.end();
      }
    },
  };
}

/**
 * A session by the first of AWSCURRENT and AWSPREVIOUS that the server lets in; undefined where AWSPENDING works already. A
 * session, not a login to use next: another run may set AWSPENDING between the two.
 * @throws RotationError where none of the three is let in
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
  // Another run may have set it since the first look.
  if (await logsIn(connect, pending)) return undefined;
  throw new RotationError(
    "authentication",
    `The user "${current.username}" cannot log in at ${current.host}:${current.port}, database "${current.database}", with ` +
      "the password of AWSCURRENT, of AWSPREVIOUS or of AWSPENDING, so nothing was changed. Look whether somebody changed " +
      "it outside of the rotation, and whether the user is past its VALID UNTIL; store the right password with PutSecretValue.",
  );
}

/** Where AWSCURRENT says, with the password of AWSPREVIOUS; undefined where that is for another user or host, or unusable. */
async function previousLogin(
  change: CredentialChange,
  current: PostgresLogin,
): Promise<PostgresLogin | undefined> {
  const value = await change.previous();
  if (value === undefined) return undefined;
  const previous = readable(() => parsePostgresLogin(value, "AWSPREVIOUS"));
  if (previous?.username !== current.username || previous.host !== current.host) return undefined;
  return { ...current, password: previous.password };
}

/** A document that is of no use is as good as none. */
function readable(parse: () => PostgresLogin): PostgresLogin | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

async function setOwnPassword(
  connection: PostgresConnection,
  username: string,
  verifier: string,
): Promise<void> {
  const purpose = `set the password of the user "${username}"`;
  // A user that acts as another from its login on (ALTER ROLE ... SET role) may change its own password as itself only.
  await connection.run({ purpose, sql: "SET LOCAL ROLE NONE" });
  await connection.run({
    purpose,
    sql: `ALTER ROLE ${pg.escapeIdentifier(username)} PASSWORD ${pg.escapeLiteral(verifier)}`,
    whenDenied:
      "A user may change its own password, unless RDS's rds.restrict_password_commands is on: " +
      `GRANT rds_password TO ${pg.escapeIdentifier(username)};`,
  });
}
