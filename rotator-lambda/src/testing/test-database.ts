import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSecretArn, type SecretArn } from "@rotated-secrets/contract/version-id";
import { type PostgresServer, startPostgres } from "@rotated-secrets/sandbox/postgres/postgres";
import type { PostgresRelease } from "@rotated-secrets/sandbox/postgres/postgres-binaries";
import { Processes } from "@rotated-secrets/sandbox/processes/processes";
import pg from "pg";

/** ARN of the master's secret in tests. */
export const MASTER_ARN = parseSecretArn(
  "arn:aws:secretsmanager:eu-west-1:111122223333:secret:master-AbCdEf",
);
/** ARN of the application's secret in tests. */
export const SECRET_ARN: SecretArn = parseSecretArn(
  "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf",
);

/** Fields of a document that a test sets. */
export type Fields = Readonly<Record<string, unknown>>;

/** A real PostgreSQL for the tests of one file. */
export class TestDatabase {
  readonly server: PostgresServer;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly #processes: Processes;

  private constructor(server: PostgresServer, processes: Processes) {
    this.server = server;
    this.ca = readFileSync(server.caPath, "utf8");
    this.#processes = processes;
  }

  /** Starts a server with a master and a superuser. */
  static async start(release: PostgresRelease = 18): Promise<TestDatabase> {
    const processes = new Processes(mkdtempSync(join(tmpdir(), "rotated-secrets-test-")));
    return new TestDatabase(await startPostgres({ dir: processes.dir, processes, release }), processes);
  }

  /** Stops the server. */
  async stop(): Promise<void> {
    await this.#processes.stop();
  }

  /** A document for this server, in the format of AWS's templates. */
  document(username: string, password: string, fields: Fields = {}): string {
    const { host, port } = this.server;
    return JSON.stringify({
      engine: "postgres",
      host,
      port,
      username,
      password,
      dbname: "postgres",
      ...fields,
    });
  }

  /** Creates an application's user as the master. Returns its document, with `MASTER_ARN` as its master. */
  async applicationUser(username: string, fields: Fields = {}): Promise<string> {
    const password = "first password";
    const role = pg.escapeIdentifier(username);
    await this.asMaster(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    return this.document(username, password, { masterarn: MASTER_ARN, ...fields });
  }

  /** The document of the secret `MASTER_ARN`. */
  masterDocument(fields: Fields = {}): string {
    return this.document(this.server.master.username, this.server.master.password, fields);
  }

  /** Runs SQL as the master, who is not a superuser. */
  asMaster(sql: string): Promise<readonly Fields[]> {
    return this.query(this.masterDocument({ ssl: false }), sql);
  }

  /** Runs SQL as a superuser. */
  asSuperuser(sql: string): Promise<readonly Fields[]> {
    const { username, password } = this.server.superuser;
    return this.query(this.document(username, password), sql);
  }

  /** Logs in with a document, like an application that reads it, and runs SQL. @throws the driver's error */
  async query(document: string, sql: string): Promise<readonly Fields[]> {
    const client = await this.connect(document);
    try {
      return (await client.query<Fields>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Logs in for replication, like a client for change data capture, and runs a command. @throws the driver's error */
  async queryForReplication(document: string, command: string): Promise<readonly Fields[]> {
    const client = await this.connect(document, { replication: "database" });
    try {
      return (await client.query<Fields>(command)).rows;
    } finally {
      await client.end();
    }
  }

  /** Opens a session. The caller ends it. @throws the driver's error */
  async connect(
    document: string,
    options: pg.ClientConfig & { replication?: string } = {},
  ): Promise<pg.Client> {
    const { host, port, username, password, dbname, ssl } = JSON.parse(document);
    const tls = String(ssl).toLowerCase() === "false" ? false : { ca: this.ca };
    const database = dbname ?? "postgres";
    const client = new pg.Client({ host, port, user: username, password, database, ssl: tls, ...options });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** The server's log. */
  log(): string {
    return readFileSync(this.server.logPath, "utf8");
  }
}
