import { RotationError } from "../../rotation-error.ts";
import type { CredentialChange } from "../engine.ts";
import { isSameAddress } from "../server-address.ts";
import { type ConnectPostgres, logsIn } from "./postgres-connection.ts";
import { type PostgresLogin, readPrevious } from "./postgres-document.ts";

/**
 * A document does not prove the right to change a user. A credential of the secret that works does. The writer of a document
 * who does not know that credential gets no user changed.
 * @throws RotationError of kind `authentication` when the AWSCURRENT user cannot log in
 */
export async function assertLogsIn(
  connect: ConnectPostgres,
  change: CredentialChange,
  current: PostgresLogin,
): Promise<void> {
  if (await logsIn(connect, current)) return;
  throw new RotationError(
    "authentication",
    `The AWSCURRENT user "${current.username}" cannot log in at ${current.host}:${current.port}, database ` +
      `"${current.database}", with the password of the secret. Nothing was changed. ${await remedyFor(connect, change, current)}`,
  );
}

/** With two users the previous credential usually still works, so that moving a label is enough. */
async function remedyFor(
  connect: ConnectPostgres,
  change: CredentialChange,
  current: PostgresLogin,
): Promise<string> {
  const previous = await readPrevious(change);
  // A password goes only to the server of its own document.
  if (previous !== undefined && isSameAddress(previous, current) && (await tryLogin(connect, previous))) {
    return (
      `The AWSPREVIOUS user "${previous.username}" can log in. Move AWSCURRENT back to that version with \`aws secretsmanager ` +
      "update-secret-version-stage --version-stage AWSCURRENT --move-to-version-id ... --remove-from-version-id ...`, then " +
      "rotate again."
    );
  }
  return (
    "Check whether the password was changed outside of the rotation, or whether an older value was stored again. Store the " +
    "correct password with PutSecretValue."
  );
}

/** False for any failure, because it only decides about the advice. */
async function tryLogin(connect: ConnectPostgres, login: PostgresLogin): Promise<boolean> {
  return await logsIn(connect, login).catch(() => false);
}
