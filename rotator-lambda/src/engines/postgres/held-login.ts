import type { CredentialChange } from "../engine.ts";
import { isSameAddress } from "../server-address.ts";
import { type ConnectPostgres, logsIn } from "./postgres-connection.ts";
import { type PostgresLogin, readPrevious } from "./postgres-document.ts";

/** Whether AWSPREVIOUS is a credential of the pending user that still works, so that this secret has held that user before. */
export async function hasHeldLogin(
  connect: ConnectPostgres,
  change: CredentialChange,
  pending: PostgresLogin,
): Promise<boolean> {
  const previous = await readPrevious(change);
  // A password goes only to the server of its own document.
  if (previous?.username !== pending.username || !isSameAddress(previous, pending)) return false;
  return await logsIn(connect, { ...pending, password: previous.password });
}
