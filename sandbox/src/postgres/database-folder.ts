import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CertificateAuthority } from "../control-plane/certificate-authority.ts";
import type { Processes } from "../processes/processes.ts";
import type { Login } from "./login.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { type ServerUser, temporaryFolder } from "./server-user.ts";

/** The files of one server. */
export interface DatabaseFolder {
  /** The server's data directory. */
  readonly data: string;
  /** The certificate of the authority that signed the server's certificate, in PEM. */
  readonly caPath: string;
  /** Removes the data. The CA's certificate stays. */
  remove(): Promise<void>;
}

const SETTINGS = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
# Nothing that is kept here has to survive a crash of the machine.
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = '32MB'
# Shared memory in files of the data directory: a server that was killed leaves nothing in /dev/shm.
dynamic_shared_memory_type = mmap
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
password_encryption = 'scram-sha-256'
log_connections = on
log_disconnections = on
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q host=%h user=%u db=%d app=%a '
`;

const HOST_ACCESS = "host all all 127.0.0.0/8 scram-sha-256\n";

/** Creates a database cluster and its certificate. The data is in a separate folder that `user` can read. */
export async function createDatabaseFolder(options: {
  readonly dir: string;
  readonly processes: Processes;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | undefined;
  readonly superuser: Login;
}): Promise<DatabaseFolder> {
  const { dir, processes, user } = options;
  const home = await mkdtemp(join(temporaryFolder(user), "rotated-secrets-database-"));
  processes.removeAtEnd(home);
  if (user) await chown(home, user.uid, user.gid);
  const data = join(home, "data");
  await initialize({ ...options, home, data });
  await appendFile(join(data, "postgresql.conf"), SETTINGS);
  await writeFile(join(data, "pg_hba.conf"), HOST_ACCESS);
  const caPath = join(dir, "postgres-ca.pem");
  await certify(data, caPath, user);
  return { data, caPath, remove: () => rm(home, { recursive: true, force: true, maxRetries: 5 }) };
}

async function initialize(options: {
  readonly dir: string;
  readonly processes: Processes;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | undefined;
  readonly superuser: Login;
  readonly home: string;
  readonly data: string;
}): Promise<void> {
  const { dir, processes, binaries, user, superuser, home, data } = options;
  const passwordFile = join(home, "password");
  await writeFile(passwordFile, `${superuser.password}\n`, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  const log = join(dir, "initdb.log");
  const initdb = processes.spawn({
    name: "initdb",
    command: binaries.initdb,
    args: [
      `--pgdata=${data}`,
      `--username=${superuser.username}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--no-locale",
      "--no-sync",
    ],
    env: { LC_ALL: "C" },
    cwd: home,
    log,
    ...(user && { user }),
  });
  const { code } = await initdb.exited;
  await rm(passwordFile);
  if (code !== 0)
    throw new Error(`initdb could not create a database in ${data}:\n${await readFile(log, "utf8")}`);
}

async function certify(data: string, caPath: string, user: ServerUser | undefined): Promise<void> {
  const authority = await CertificateAuthority.create("rotated-secrets sandbox database CA");
  const { certPem, keyPem } = await authority.issueServing("127.0.0.1", {
    dns: ["localhost"],
    ip: ["127.0.0.1"],
  });
  await mkdir(join(caPath, ".."), { recursive: true });
  await writeFile(caPath, authority.certPem);
  await writeFile(join(data, "server.pem"), certPem);
  const key = join(data, "server.key");
  await writeFile(key, keyPem, { mode: 0o600 });
  await chmod(key, 0o600);
  for (const file of user ? [key, join(data, "server.pem")] : [])
    await chown(file, user?.uid ?? 0, user?.gid ?? 0);
}
