import { Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import pg from "pg";
import { RotationError } from "../../rotation-error.ts";
import { assertAllowedHost } from "../allowed-hosts.ts";
import type { EngineDependencies } from "../engine.ts";
import { databaseError, OutOfTime, WeakLogin } from "./database-error.ts";
import type { PostgresLogin } from "./postgres-document.ts";
import { acceptOnlyScram } from "./scram-only.ts";

/** A statement, and the words for its error message. */
export interface Statement {
  /** Completes "could not ...". Holds no value. */
  readonly purpose: string;
  readonly sql: string;
  readonly parameters?: readonly (string | null)[];
  /** Advice for the person on call if rights are missing. */
  readonly whenDenied?: string;
}

/** A row: the text of each column. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * A session on a database. It has no settings of its own: poolers refuse most parameters at a login, and would keep a setting
 * for other users of their connection.
 */
export interface PostgresConnection {
  /** Runs the statement, or several without parameters. Returns the rows of the last one. @throws RotationError by the kind of failure; it holds neither the statement nor values from the server */
  run(statement: Statement): Promise<readonly Row[]>;
  /** Ends the session and rolls back an open transaction. Never rejects. */
  end(): Promise<void>;
}

/** Opens sessions. @throws RotationError of kind `unreachable`, `tls`, `authentication`, `refused` or `database` */
export type ConnectPostgres = (login: PostgresLogin) => Promise<PostgresConnection>;

const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than the server's own limits, see user-lock.ts. After that the server is unreachable. */
const ANSWER_TIMEOUT_MS = 12_000;

/**
 * Connects with TLS and verifies the server's certificate and name, unless the document switches TLS off. There is no
 * fallback. A login always uses SCRAM. `certificateAuthorities` replace Node's trusted authorities. `signal` cuts open
 * connections.
 */
export function postgresConnector(
  options: Pick<EngineDependencies, "certificateAuthorities"> &
    Partial<Pick<EngineDependencies, "signal" | "allowedHosts">>,
): ConnectPostgres {
  const { certificateAuthorities: ca, signal, allowedHosts } = options;
  // Parsed once: a bundle has about a hundred certificates, and a step opens several connections.
  let context: SecureContext | undefined;
  const verified = () => {
    context ??= createSecureContext({ minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) });
    return { rejectUnauthorized: true, secureContext: context };
  };
  return async (login) => {
    assertAllowedHost(login, allowedHosts);
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
  /** Why the connection broke at the login or between two statements. The next failure reports it. */
  #broken: unknown;

  constructor(client: pg.Client, socket: Socket, login: PostgresLogin, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#socket = socket;
    this.#login = login;
    this.#signal = signal;
    // Without a listener the error would end the process.
    client.on("error", (error) => {
      this.#broken ??= error;
    });
  }

  async open(): Promise<void> {
    this.#signal?.addEventListener("abort", this.#cut);
    acceptOnlyScram(this.#client, (method) => {
      this.#broken ??= new WeakLogin(method);
      this.#cut();
    });
    try {
      this.#signal?.throwIfAborted();
      await this.#client.connect();
      // A server may let the user in with the same packet that breaks the rules.
      if (this.#broken !== undefined) throw this.#broken;
    } catch (error) {
      await this.end();
      throw this.#fault(error, { purpose: "log in" });
    }
  }

  async run(statement: Statement): Promise<readonly Row[]> {
    try {
      const results = [await this.#client.query<Row>(statement.sql, [...(statement.parameters ?? [])])];
      // The driver returns an array for several statements.
      return results.flat().at(-1)?.rows ?? [];
    } catch (error) {
      throw this.#fault(error, statement);
    }
  }

  async end(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#cut);
    await this.#client.end().catch(() => {});
  }

  /** Makes the server roll back and release its locks. A frozen function would keep them. */
  readonly #cut = () => {
    this.#socket.destroy(new Error("cut"));
  };

  #fault(error: unknown, tried: Pick<Statement, "purpose" | "whenDenied">): RotationError {
    const cause = this.#signal?.aborted ? new OutOfTime() : (this.#broken ?? error);
    return databaseError(cause, tried, this.#login);
  }
}

/** Opens a session, uses it, and ends it. */
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

/** Opens a session; undefined if the server refuses the login. @throws RotationError for any other failure, such as no answer */
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

/** Whether the server accepts this login. @throws RotationError for any other failure, such as no answer */
export async function logsIn(connect: ConnectPostgres, login: PostgresLogin): Promise<boolean> {
  const connection = await connectIfLetIn(connect, login);
  await connection?.end();
  return connection !== undefined;
}
