import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { freePorts } from "../control-plane/free-port.ts";
import type { Processes, RunningProcess } from "../processes/processes.ts";
import { createDatabaseFolder, type DatabaseFolder } from "./database-folder.ts";
import type { Login } from "./login.ts";
import { installPostgres, type PostgresRelease } from "./postgres-binaries.ts";
import { serverUser } from "./server-user.ts";

/** A running PostgreSQL server. Its database is `postgres`. Clients may connect with or without TLS. */
export interface PostgresServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Only for the checks of a test. The product must not need it. */
  readonly superuser: Login;
  /**
   * The master user: it may log in, and create roles and databases. It is not a superuser, like the master user of RDS.
   */
  readonly master: Login;
  /**
   * The log file, with logins, their ends, and errors. Each line of a session has time, client's host, user, database
   * and application.
   */
  readonly logPath: string;
  /** The certificate of the authority that signed the server's certificate, in PEM. */
  readonly caPath: string;
  /** Ends all sessions, and restarts the server on the same port as a hot standby, which answers reads only. */
  becomeStandby(): Promise<void>;
  /** Ends all sessions, stops the server, and removes its data. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 25;
/** Another process may take the free port first. Three times in a row has a different cause. */
const ATTEMPTS = 3;

/**
 * Starts a server on a free port of 127.0.0.1. `dir` gets its log and its CA. @throws Error with the path of the log if
 * it does not start
 */
export async function startPostgres(options: {
  readonly dir: string;
  readonly processes: Processes;
  /** Tests of changes between releases need several. @default 18 */
  readonly release?: PostgresRelease;
}): Promise<PostgresServer> {
  const user = serverUser();
  const binaries = await installPostgres(user, options.release ?? 18);
  const superuser = login("rdsadmin");
  const folder = await createDatabaseFolder({ ...options, binaries, user, superuser });
  const logPath = join(options.dir, "postgres.log");
  const spawn = (port: number) =>
    options.processes.spawn({
      name: "postgres",
      command: binaries.postgres,
      args: ["-D", folder.data, "-p", String(port)],
      env: { LC_ALL: "C" },
      cwd: folder.data,
      log: logPath,
      // PostgreSQL: SIGTERM waits until clients leave, SIGINT disconnects them.
      stopSignal: "SIGINT",
      ...(user && { user }),
    });
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0] = await freePorts(1);
    const server = spawn(port);
    if (await isUp(server, port, superuser))
      return await makeMaster({ folder, server, spawn, port, superuser, logPath });
    await server.stop();
    if (attempt === ATTEMPTS)
      throw new Error(`PostgreSQL did not start on 127.0.0.1:${port}; its log is ${logPath}`);
  }
}

async function isUp(server: RunningProcess, port: number, superuser: Login): Promise<boolean> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!ended && Date.now() < deadline) {
    const answered = await query(port, superuser, "SELECT 1").then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await delay(POLL_MS);
  }
  return false;
}

async function makeMaster(started: {
  readonly folder: DatabaseFolder;
  readonly server: RunningProcess;
  readonly spawn: (port: number) => RunningProcess;
  readonly port: number;
  readonly superuser: Login;
  readonly logPath: string;
}): Promise<PostgresServer> {
  const { folder, spawn, port, superuser, logPath } = started;
  let { server } = started;
  const master = login("master");
  await query(
    port,
    superuser,
    `CREATE ROLE ${master.username} LOGIN CREATEROLE CREATEDB PASSWORD '${master.password}';
     ALTER DATABASE postgres OWNER TO ${master.username}`,
  );
  const becomeStandby = async () => {
    await server.stop();
    await writeFile(join(folder.data, "standby.signal"), "");
    server = spawn(port);
    if (!(await isUp(server, port, superuser)))
      throw new Error(`PostgreSQL did not start as a standby; its log is ${logPath}`);
  };
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  return { host: "127.0.0.1", port, superuser, master, logPath, caPath: folder.caPath, becomeStandby, stop };
}

/** A login whose password needs no quoting. */
function login(username: string): Login {
  return { username, password: randomBytes(24).toString("base64url") };
}

async function query(port: number, { username, password }: Login, sql: string): Promise<void> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: username,
    password,
    database: "postgres",
    application_name: "sandbox",
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  // The promises report errors of the connection. Without a listener, an error event would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {});
  }
}
