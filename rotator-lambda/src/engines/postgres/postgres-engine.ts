import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../../rotation-error.ts";
import { namesMaster, withCredential } from "../database-document.ts";
import type { CredentialChange, Engine, EngineDependencies } from "../engine.ts";
import { createAlternatingUsers } from "./alternating-users.ts";
import { type ConnectPostgres, logsIn, postgresConnector, withConnection } from "./postgres-connection.ts";
import { type PostgresLogin, parsePostgresLogin } from "./postgres-document.ts";
import { createSingleUser } from "./single-user.ts";
import type { Strategy } from "./strategy.ts";

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
    set: async (change) => {
      const strategy = strategyFor(change.current);
      const logins = successors(change, strategy);
      if (await logsIn(connect, logins.pending)) return "unchanged";
      return await strategy.set(change, logins);
    },
    test: (pending) => readSomething(connect, parsePostgresLogin(pending, "AWSPENDING")),
  };
}

/** Both logins, after a check that the pending one may follow the current one. @throws RotationError of kind `document` */
function successors(
  change: CredentialChange,
  { successorOf }: Strategy,
): { readonly current: PostgresLogin; readonly pending: PostgresLogin } {
  const current = parsePostgresLogin(change.current, "AWSCURRENT");
  const pending = parsePostgresLogin(change.pending, "AWSPENDING");
  const remedy =
    "Nothing was changed. This AWSPENDING value was not stored by the rotation function. Remove its label with `aws " +
    "secretsmanager update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id ...`, then rotate again.";
  const successor = successorOf(current.username);
  if (pending.username !== successor) {
    throw new RotationError(
      "document",
      `The AWSPENDING user is "${pending.username}", but the user after "${current.username}" must be "${successor}". ` +
        remedy,
    );
  }
  if (pending.host !== current.host || pending.port !== current.port) {
    throw new RotationError(
      "document",
      `The AWSPENDING document is for ${pending.host}:${pending.port}, but the AWSCURRENT document is for ` +
        `${current.host}:${current.port}. ${remedy}`,
    );
  }
  return { current, pending };
}

async function readSomething(connect: ConnectPostgres, pending: PostgresLogin): Promise<void> {
  await withConnection(connect, pending, (connection) =>
    connection.run({ purpose: "read with the new credential", sql: "SELECT pg_catalog.now()" }),
  );
}
