import { portOf, usesTls } from "@rotated-secrets/contract/database-document";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { type DocumentRole, parseDocument } from "../database-document.ts";
import type { CredentialChange } from "../engine.ts";
import type { ServerAddress } from "../server-address.ts";

/** The login that a document describes, with all defaults filled in. */
export interface PostgresLogin extends ServerAddress {
  readonly database: string;
  readonly username: string;
  readonly password: SecretValue<string>;
}

const PORT = 5432;
const DATABASE = "postgres";

/** Reads a document. @throws RotationError of kind `document` that names every invalid field and no value */
export function parsePostgresLogin(value: SecretValue<string>, role: DocumentRole): PostgresLogin {
  const document = parseDocument(value, role);
  return {
    host: document.host,
    port: portOf(document, PORT),
    database: document.dbname ?? DATABASE,
    tls: usesTls(document),
    username: document.username,
    password: new SecretValue(document.password),
  };
}

/** The login of AWSPREVIOUS; undefined if there is none, or if its document is invalid. */
export async function readPrevious(change: CredentialChange): Promise<PostgresLogin | undefined> {
  const value = await change.previous();
  if (value === undefined) return undefined;
  try {
    return parsePostgresLogin(value, "AWSPREVIOUS");
  } catch {
    return undefined;
  }
}

/** The same login at another server. */
export function atServerOf({ host, port, tls }: ServerAddress, login: PostgresLogin): PostgresLogin {
  return { ...login, host, port, tls };
}
