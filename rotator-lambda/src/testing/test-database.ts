import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSecretArn, type SecretArn } from "@rotated-secrets/contract/version-id";
import { type PostgresServer, startPostgres } from "@rotated-secrets/sandbox/postgres/postgres";
import type { PostgresMajor } from "@rotated-secrets/sandbox/postgres/postgres-binaries";
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

/** Members of a document that a test sets. */
export type Members = Readonly<Record<string, unknown>>;

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

  static async start(major: PostgresMajor = 18): Promise<TestDatabase> {
    const processes = new Processes(mkdtempSync(join(tmpdir(), "rotated-secrets-test-")));
    return new TestDatabase(await startPostgres({ dir: processes.dir, processes, major }), processes);
  }

  async stop(): Promise<void> {
    await this.#processes.stop();
  }

  /** A document as AWS's templates store it, for this server. */
  document(username: string, password: string, members: Members = {}): string {
    const { host, port } = this.server;
    return JSON.stringify({
      engine: "postgres",
      host,
      port,
      username,
      password,
      dbname: "postgres",
      ...members,
    });
  }

  /** The document of an application's user, made by the master, whose secret is `MASTER_ARN`. */
  async applicationUser(username: string, members: Members = {}): Promise<string> {
    const password = "first password";
    const role = pg.escapeIdentifier(username);
    await this.asMaster(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    return this.document(username, password, { masterarn: MASTER_ARN, ...members });
  }

  /** The document of the secret `MASTER_ARN`. */
  masterDocument(members: Members = {}): string {
    return this.document(this.server.master.username, this.server.master.password, members);
  }

  asMaster(sql: string): Promise<readonly Members[]> {
    return this.query(this.masterDocument({ ssl: false }), sql);
  }

  asSuperuser(sql: string): Promise<readonly Members[]> {
    const { username, password } = this.server.superuser;
    return this.query(this.document(username, password), sql);
  }

  /** Logs in with a document, as an application does that reads it, and asks something. @throws the driver's error */
  async query(document: string, sql: string): Promise<readonly Members[]> {
    const client = await this.connect(document);
    try {
      return (await client.query<Members>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** A session that the caller ends. @throws the driver's error */
  async connect(document: string): Promise<pg.Client> {
    const { host, port, username, password, dbname, ssl } = JSON.parse(document);
    const tls = String(ssl).toLowerCase() === "false" ? false : { ca: this.ca };
    const database = dbname ?? "postgres";
    const client = new pg.Client({ host, port, user: username, password, database, ssl: tls });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  log(): string {
    return readFileSync(this.server.logPath, "utf8");
  }
}
