import { type ConnectPostgres, connectIfLetIn } from "./postgres-connection.ts";
import type { PostgresLogin } from "./postgres-document.ts";
import type { SessionFault } from "./strategy.ts";

/** Whether the server accepts the login, and its session is as its readers need it. @throws RotationError if there is no answer */
export async function works(
  connect: ConnectPostgres,
  login: PostgresLogin,
  sessionFault: SessionFault,
): Promise<boolean> {
  const connection = await connectIfLetIn(connect, login);
  if (connection === undefined) return false;
  try {
    return (await sessionFault(connection, login.username)) === undefined;
  } finally {
    await connection.end();
  }
}
