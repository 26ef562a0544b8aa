import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the database is, and who the service is there. */
export interface Credential {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Members of the document, as AWS's templates for databases write it. */
type Member = "host" | "port" | "username" | "password" | "dbname";

/**
 * Reads the members of AWS's database document: from the folder DB_FOLDER, a file each, where that is set, else from
 * variables such as DB_USERNAME, or DB_username as `envFrom` with the prefix DB_ makes them.
 * @throws when one is missing; names it, and no value
 */
export async function readCredential(environment: NodeJS.ProcessEnv): Promise<Credential> {
  const read = (member: Member) => readMember(environment, member);
  return {
    host: await read("host"),
    port: Number(await read("port")),
    user: await read("username"),
    password: await read("password"),
    database: await read("dbname"),
  };
}

async function readMember({ DB_FOLDER, ...environment }: NodeJS.ProcessEnv, member: Member): Promise<string> {
  if (DB_FOLDER !== undefined) return readFile(join(DB_FOLDER, member), "utf8");
  const name = `DB_${member.toUpperCase()}`;
  const value = environment[name] ?? environment[`DB_${member}`];
  if (value === undefined)
    throw new Error(`the database credential is not whole: there is neither ${name} nor DB_${member}`);
  return value;
}
