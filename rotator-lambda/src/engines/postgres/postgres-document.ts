import { portOf, usesTls } from "@rotated-secrets/contract/database-document";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { type DocumentRole, parseDocument } from "../database-document.ts";

/** The login that a document describes, with all defaults filled in. */
export interface PostgresLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: boolean;
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
