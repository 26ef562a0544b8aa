import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../../rotation-error.ts";
import { namesMaster, withCredential } from "../database-document.ts";
import type { Engine, EngineDependencies, Succession } from "../engine.ts";
import { assertOnlyChanged, FOREIGN_PENDING } from "../successor-document.ts";
import { createAlternatingUsers } from "./alternating-users.ts";
import { type ConnectPostgres, postgresConnector, withConnection } from "./postgres-connection.ts";
import { type PostgresLogin, parsePostgresLogin } from "./postgres-document.ts";
import { createSingleUser } from "./single-user.ts";
import type { SessionFault, Strategy, SuccessiveLogins } from "./strategy.ts";
import { works } from "./working-login.ts";

/** The fields of a document that a rotation changes. */
const CHANGED_FIELDS = ["username", "password"];

/**
 * PostgreSQL. With `masterarn` in the document, two users alternate. Without it, the only user changes its own password.
 * In both cases a change needs a credential that has been current.
 */
export function createPostgresEngine(
  dependencies: EngineDependencies,
  connect: ConnectPostgres = postgresConnector(dependencies),
): Engine {
  const alternating = createAlternatingUsers(connect, dependencies);
  const single = createSingleUser(connect);
  const strategyFor = (current: SecretValue<string>) => (namesMaster(current) ? alternating : single);
  return {
    overlap: (current) => strategyFor(current).overlap,
    create: async (current) => {
      const { username } = parsePostgresLogin(current, "AWSCURRENT");
      const successor = strategyFor(current).successorOf(username);
      return withCredential(current, successor, await dependencies.newPassword());
    },
    check: (succession) => {
      successors(succession, strategyFor(succession.current));
    },
    set: async (change) => {
      const strategy = strategyFor(change.current);
      const logins = successors(change, strategy);
      if (await works(connect, logins.pending, strategy.sessionFault)) return "unchanged";
      return await strategy.set(change, logins);
    },
    test: (pending) =>
      assertUsable(connect, parsePostgresLogin(pending, "AWSPENDING"), strategyFor(pending).sessionFault),
  };
}

/** Both logins, after a check that the pending one may follow the current one. @throws RotationError of kind `document` */
function successors(succession: Succession, { successorOf }: Strategy): SuccessiveLogins {
  const current = parsePostgresLogin(succession.current, "AWSCURRENT");
  const pending = parsePostgresLogin(succession.pending, "AWSPENDING");
  const successor = successorOf(current.username);
  if (pending.username !== successor) {
    throw new RotationError(
      "document",
      `The AWSPENDING user is "${pending.username}", but the user after "${current.username}" must be "${successor}". ` +
        FOREIGN_PENDING,
    );
  }
  if (pending.host !== current.host || pending.port !== current.port) {
    throw new RotationError(
      "document",
      `The AWSPENDING document is for ${pending.host}:${pending.port}, but the AWSCURRENT document is for ` +
        `${current.host}:${current.port}. ${FOREIGN_PENDING}`,
    );
  }
  assertOnlyChanged(succession, CHANGED_FIELDS);
  return { current, pending };
}

/** Logs in and reads like a reader. @throws RotationError when that fails, or when the session is not as readers need it */
async function assertUsable(
  connect: ConnectPostgres,
  pending: PostgresLogin,
  sessionFault: SessionFault,
): Promise<void> {
  await withConnection(connect, pending, async (connection) => {
    await connection.run({ purpose: "read with the new credential", sql: "SELECT pg_catalog.now()" });
    const fault = await sessionFault(connection, pending.username);
    if (fault !== undefined) throw fault;
  });
}
