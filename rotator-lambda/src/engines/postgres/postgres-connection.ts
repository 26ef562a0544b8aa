import { Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import type { EngineDependencies } from "../engine.ts";
import { databaseError, OutOfTime } from "./database-error.ts";
import type { PostgresLogin } from "./postgres-document.ts";

/** One statement, and what an error of it is to say. */
export interface Statement {
  /** Completes "could not ...", without a value. */
  readonly purpose: string;
  readonly sql: string;
  readonly parameters?: readonly (string | null)[];
  /** What the person on call can do when the rights are lacking. */
  readonly whenDenied?: string;
}

/** A row as text: column to value. */
export type Row = Readonly<Record<string, string | null>>;

/** A session on a database. */
export interface PostgresConnection {
  /** @throws RotationError by the kind of failure, without the statement or anything that the server says of values */
  run(statement: Statement): Promise<readonly Row[]>;
  /** Ends the session; a transaction that is open is undone. Never rejects. */
  end(): Promise<void>;
}

/** Opens sessions. @throws RotationError of kind `unreachable`, `tls`, `authentication`, `refused` or `database` */
export type ConnectPostgres = (login: PostgresLogin) => Promise<PostgresConnection>;

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** The client gives up a little after the server would: then the server is away. */
const ANSWER_TIMEOUT_MS = 12_000;

/**
 * Connects with TLS, server's certificate and name verified, unless the document says otherwise, and never tries
 * another way. `certificateAuthorities` are trusted in place of Node's. `signal` ends what is open.
 */
export function postgresConnector(
  options: Pick<EngineDependencies, "certificateAuthorities"> & Partial<Pick<EngineDependencies, "signal">>,
): ConnectPostgres {
  const { certificateAuthorities: ca, signal } = options;
  // A bundle has a hundred certificates, and a step makes several connections: it is read once.
  let context: SecureContext | undefined;
  const verified = () => {
    context ??= createSecureContext({ minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) });
    return { rejectUnauthorized: true, secureContext: context };
  };
  return async (login) => {
    const socket = new Socket();
    const client = new pg.Client({
      host: login.host,
      port: login.port,
      user: login.username,
      password: login.password.reveal(),
      database: login.database,
      ssl: login.tls && verified(),
      stream: () => socket,
      application_name: "rotated-secrets",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      types: { getTypeParser: () => (text: string) => text },
    });
    // A connection that breaks between statements is told by the next one; without a listener it would end the process.
    client.on("error", () => {});
    const connection = new ClientConnection(client, socket, login, signal);
    await connection.open();
    return connection;
  };
}

class ClientConnection implements PostgresConnection {
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #login: PostgresLogin;
  readonly #signal: AbortSignal | undefined;

  constructor(client: pg.Client, socket: Socket, login: PostgresLogin, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#socket = socket;
    this.#login = login;
    this.#signal = signal;
  }

  async open(): Promise<void> {
    this.#signal?.addEventListener("abort", this.#cut);
    try {
      this.#signal?.throwIfAborted();
      await this.#client.connect();
    } catch (error) {
      await this.end();
      throw this.#fault(error, { purpose: "log in" });
    }
    // Not as a parameter of the connection, which poolers refuse.
    await this.run({ purpose: "set a time limit", sql: `SET statement_timeout = ${STATEMENT_TIMEOUT_MS}` });
  }

  async run(statement: Statement): Promise<readonly Row[]> {
    try {
      const result = await this.#client.query<Row>(statement.sql, [...(statement.parameters ?? [])]);
      return result.rows;
    } catch (error) {
      throw this.#fault(error, statement);
    }
  }

  async end(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#cut);
    await this.#client.end().catch(() => {});
  }

  /** The server notices, undoes what is open, and gives its locks back; a function that was only frozen would keep them. */
  readonly #cut = () => {
    this.#socket.destroy(new Error("cut"));
  };

  #fault(error: unknown, tried: Pick<Statement, "purpose" | "whenDenied">): RotationError {
    return databaseError(this.#signal?.aborted ? new OutOfTime() : error, tried, this.#login);
  }
}

/** Uses a session and ends it. */
export async function withConnection<T>(
  connect: ConnectPostgres,
  login: PostgresLogin,
  use: (connection: PostgresConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect(login);
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

/** A session, undefined where the server does not let the user in. @throws RotationError when it cannot be told, as without a server */
export async function connectIfLetIn(
  connect: ConnectPostgres,
  login: PostgresLogin,
): Promise<PostgresConnection | undefined> {
  try {
    return await connect(login);
  } catch (error) {
    if (error instanceof RotationError && (error.kind === "authentication" || error.kind === "refused"))
      return undefined;
    throw error;
  }
}

/** Whether the server lets the user in with this password. @throws RotationError when it cannot be told, as without a server */
export async function logsIn(connect: ConnectPostgres, login: PostgresLogin): Promise<boolean> {
  const connection = await connectIfLetIn(connect, login);
  await connection?.end();
  return connection !== undefined;
}
