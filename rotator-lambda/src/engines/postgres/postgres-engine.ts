import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../../rotation-error.ts";
import type { CredentialChange, Engine, EngineDependencies } from "../engine.ts";
import { alternateOf } from "./alternating-users.ts";
import { grantLogin } from "./grant-login.ts";
import { type ConnectPostgres, logsIn, postgresConnector, withConnection } from "./postgres-connection.ts";
import {
  masterSecretOf,
  type PostgresLogin,
  parsePostgresLogin,
  withCredential,
} from "./postgres-document.ts";
import { scramVerifier } from "./scram-verifier.ts";
import { withSecretLock } from "./secret-lock.ts";

/**
 * PostgreSQL with alternating users: `app` and `app_clone` take turns, so the one that is not current is free to get a
 * new password while the other goes on working. A master user (`masterarn`), who need not be a superuser, makes the change.
 */
export function createPostgresEngine(
  dependencies: EngineDependencies,
  connect: ConnectPostgres = postgresConnector(dependencies.certificateAuthorities),
): Engine {
  const set = async (change: CredentialChange): Promise<"changed" | "unchanged"> => {
    const { current, pending } = successors(change);
    if (await logsIn(connect, pending)) return "unchanged";
    await assertLogsIn(connect, current);
    const master = await readMaster(change.current, current, dependencies);
    return await withConnection(connect, master, (connection) =>
      withSecretLock(connection, change.secretArn, async () => {
        if (await logsIn(connect, pending)) return "unchanged";
        await change.lookAgain();
        const verifier = await scramVerifier(pending.password);
        await grantLogin(connection, { username: pending.username, verifier, master: master.username });
        return "changed";
      }),
    );
  };
  return {
    overlap: () => true,
    create: async (current) => {
      const { username } = parsePostgresLogin(current, "AWSCURRENT");
      masterSecretOf(current);
      return withCredential(current, alternateOf(username), dependencies.newPassword());
    },
    set,
    test: (pending) => readSomething(connect, parsePostgresLogin(pending, "AWSPENDING")),
  };
}

/** Both logins, once it is sure that the one may follow the other. @throws RotationError of kind `document` */
function successors(change: CredentialChange): {
  readonly current: PostgresLogin;
  readonly pending: PostgresLogin;
} {
  const current = parsePostgresLogin(change.current, "AWSCURRENT");
  const pending = parsePostgresLogin(change.pending, "AWSPENDING");
  const remedy =
    "Nothing was changed. Whoever stored this AWSPENDING value: take the label off it with `aws secretsmanager " +
    "update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id ...` and rotate again.";
  if (pending.username !== alternateOf(current.username)) {
    throw new RotationError(
      "document",
      `The AWSPENDING user "${pending.username}" is not the one whose turn it is after "${current.username}", ` +
        `"${alternateOf(current.username)}". ${remedy}`,
    );
  }
  if (pending.host !== current.host || pending.port !== current.port) {
    throw new RotationError(
      "document",
      `The AWSPENDING document is for ${pending.host}:${pending.port}, the AWSCURRENT one for ` +
        `${current.host}:${current.port}. ${remedy}`,
    );
  }
  return { current, pending };
}

/** Who can write a secret's pending value but does not know its current one must not get a user changed by it. */
async function assertLogsIn(connect: ConnectPostgres, current: PostgresLogin): Promise<void> {
  if (await logsIn(connect, current)) return;
  throw new RotationError(
    "authentication",
    `The AWSCURRENT user "${current.username}" cannot log in at ${current.host}:${current.port}, database ` +
      `"${current.database}", with the password of the secret, so nothing was changed. Look whether somebody changed the ` +
      "password outside of the rotation, and store the right one with PutSecretValue.",
  );
}

async function readMaster(
  document: SecretValue<string>,
  current: PostgresLogin,
  { readSecret }: EngineDependencies,
): Promise<PostgresLogin> {
  const master = parsePostgresLogin(await readSecret(masterSecretOf(document)), "master");
  if (master.host === current.host) return master;
  throw new RotationError(
    "document",
    `The master secret is for the host ${master.host}, the AWSCURRENT document for ${current.host}. Both have to name ` +
      'the same host in the same way; correct "masterarn" or one of the hosts.',
  );
}

async function readSomething(connect: ConnectPostgres, pending: PostgresLogin): Promise<void> {
  await withConnection(connect, pending, (connection) =>
    connection.run({ purpose: "read with the new credential", sql: "SELECT pg_catalog.now()" }),
  );
}
