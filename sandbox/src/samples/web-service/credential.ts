import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The address of the database, and the service's login. */
export interface Credential {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Fields of the document, as AWS's templates for databases write it. */
type Field = "host" | "port" | "username" | "password" | "dbname";

/**
 * Reads the fields of AWS's database document. If DB_FOLDER is set, each field is a file in that folder. Otherwise it is a
 * variable such as DB_USERNAME, or DB_username, which `envFrom` with the prefix DB_ makes.
 * @throws when a field is missing, with its name and without any value
 */
export async function readCredential(environment: NodeJS.ProcessEnv): Promise<Credential> {
  const read = (field: Field) => readField(environment, field);
  return {
    host: await read("host"),
    port: Number(await read("port")),
    user: await read("username"),
    password: await read("password"),
    database: await read("dbname"),
  };
}

async function readField({ DB_FOLDER, ...environment }: NodeJS.ProcessEnv, field: Field): Promise<string> {
  if (DB_FOLDER !== undefined) return readFile(join(DB_FOLDER, field), "utf8");
  const name = `DB_${field.toUpperCase()}`;
  const value = environment[name] ?? environment[`DB_${field}`];
  if (value === undefined)
    throw new Error(`the database credential is incomplete: neither ${name} nor DB_${field} is set`);
  return value;
}
