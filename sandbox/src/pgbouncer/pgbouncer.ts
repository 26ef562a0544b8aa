import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { freePorts } from "../control-plane/free-port.ts";
import type { PostgresServer } from "../postgres/postgres.ts";
import { serverUser, temporaryFolder } from "../postgres/server-user.ts";
import type { Processes } from "../processes/processes.ts";
import { pgbouncerPackages } from "../tools/layout.mjs";

/** A running PgBouncer in front of a PostgreSQL server. Clients connect without TLS. */
export interface Pgbouncer {
  readonly host: "127.0.0.1";
  readonly port: number;
}

const START_TIMEOUT_MS = 10_000;
const POLL_MS = 25;

/** Whether the set-up found Debian's packages. */
export function hasPgbouncer(): boolean {
  return existsSync(pgbouncerPackages());
}

/**
 * Starts PgBouncer with pools by transaction. It reads the users' verifiers from the server and logs in there with what it
 * learned from the client, as SCRAM allows: `auth_query`. @throws Error with the path of the log if it does not start
 */
export async function startPgbouncer(options: {
  readonly dir: string;
  readonly processes: Processes;
  readonly server: PostgresServer;
}): Promise<Pgbouncer> {
  const { dir, processes, server } = options;
  if (!hasPgbouncer())
    throw new Error(`PgBouncer is not in ${pgbouncerPackages()}: run \`node tools/setup.mjs --with-tools\``);
  const user = serverUser();
  const home = await mkdtemp(join(temporaryFolder(user), "rotated-secrets-pgbouncer-"));
  processes.removeAtEnd(home);
  const libraries = await unpack(home);
  const [port = 0] = await freePorts(1);
  const users = join(home, "users.txt");
  await writeFile(users, `"${server.superuser.username}" "${server.superuser.password}"\n`);
  const settings = join(home, "pgbouncer.ini");
  await writeFile(settings, settingsFor({ server, port, users }));
  await chmod(home, 0o755);
  if (user) await chown(home, user.uid, user.gid);
  const log = join(dir, "pgbouncer.log");
  processes.spawn({
    name: "pgbouncer",
    command: join(home, "usr/sbin/pgbouncer"),
    args: [settings],
    env: { LD_LIBRARY_PATH: libraries },
    cwd: home,
    log,
    stopSignal: "SIGINT",
    ...(user && { user }),
  });
  if (!(await answers(port)))
    throw new Error(`PgBouncer did not start on 127.0.0.1:${port}; its log is ${log}`);
  return { host: "127.0.0.1", port };
}

/** Unpacks the packages. Returns the folder of their libraries. */
async function unpack(home: string): Promise<string> {
  const packages = (await readdir(pgbouncerPackages())).filter((name) => name.endsWith(".deb"));
  for (const name of packages)
    await promisify(execFile)("dpkg-deb", ["-x", join(pgbouncerPackages(), name), home]);
  const folders = await readdir(join(home, "usr/lib"), { withFileTypes: true }).catch(() => []);
  return folders.map(({ name }) => join(home, "usr/lib", name)).join(":");
}

function settingsFor(options: {
  readonly server: PostgresServer;
  readonly port: number;
  readonly users: string;
}): string {
  const { server, port, users } = options;
  return `
[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
auth_user = ${server.superuser.username}
auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1
pool_mode = transaction
`;
}

async function answers(port: number): Promise<boolean> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await delay(POLL_MS)) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (connected) return true;
  }
  return false;
}
