import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Processes } from "../processes/processes.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

const TIMEOUT_MS = 30_000;

let processes: Processes;
let server: PostgresServer;
beforeAll(async () => {
  processes = new Processes(mkdtempSync(join(tmpdir(), "postgres-test-")));
  server = await startPostgres({ dir: processes.dir, processes });
}, TIMEOUT_MS);
afterAll(() => processes.stop(), TIMEOUT_MS);

async function query(options: pg.ClientConfig, sql: string) {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.master.username,
    password: server.master.password,
    database: "postgres",
    ...options,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the master", () => {
  it("may create roles and databases, and is not a superuser", async () => {
    const sql = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user";
    expect(await query({}, sql)).toEqual([{ rolsuper: false, rolcreaterole: true, rolcreatedb: true }]);
  });

  it("cannot change a role that it did not create", async () => {
    await query(
      { user: server.superuser.username, password: server.superuser.password },
      "CREATE ROLE foreign_role",
    );
    await expect(query({}, "ALTER ROLE foreign_role LOGIN")).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the server", () => {
  it("accepts TLS with a certificate of its CA, and plain text", async () => {
    const ssl = { ca: readFileSync(server.caPath, "utf8") };
    const sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await query({ ssl }, sql)).toEqual([{ ssl: true }]);
    expect(await query({ ssl, host: "localhost" }, sql)).toEqual([{ ssl: true }]);
    expect(await query({}, sql)).toEqual([{ ssl: false }]);
  });

  it("logs a failed login in one line with the client's host and the user", async () => {
    await expect(query({ user: "intruder", password: "guessed" }, "SELECT 1")).rejects.toMatchObject({
      code: "28P01",
    });
    await expect
      .poll(() => readFileSync(server.logPath, "utf8"))
      .toMatch(/host=127\.0\.0\.1 user=intruder .*FATAL: {2}password authentication failed/);
  });

  it(
    "stops at once with clients connected, and starts again next to another server",
    async () => {
      const second = await startPostgres({ dir: join(processes.dir, "second"), processes });
      expect(second.port).not.toBe(server.port);
      const client = new pg.Client({
        host: second.host,
        port: second.port,
        database: "postgres",
        user: second.master.username,
        password: second.master.password,
      });
      client.on("error", () => {});
      await client.connect();
      const startedAt = Date.now();
      await second.stop();
      expect(Date.now() - startedAt).toBeLessThan(4_000);
      await client.end().catch(() => {});
    },
    TIMEOUT_MS,
  );

  it(
    "is gone with its data when the process that started it is killed",
    async () => {
      const dir = mkdtempSync(join(tmpdir(), "postgres-test-"));
      const program = `
        const { Processes } = await import(${JSON.stringify(join(import.meta.dirname, "../processes/processes.ts"))});
        const { startPostgres } = await import(${JSON.stringify(join(import.meta.dirname, "postgres.ts"))});
        const processes = new Processes(${JSON.stringify(dir)});
        const server = await startPostgres({ dir: processes.dir, processes });
        console.log(JSON.stringify({ port: server.port, ...server.superuser }));
        setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line]: string[] = await once(createInterface({ input: parent.stdout }), "line");
      const { port, username: user, password } = JSON.parse(line ?? "");
      const [settings] = await query({ port, user, password }, "SHOW data_directory");
      parent.kill("SIGKILL");
      const isRefused = () =>
        query({ port }, "SELECT 1").then(
          () => "up",
          (error: { code?: string }) => error.code,
        );
      await expect.poll(isRefused, { timeout: 10_000 }).toBe("ECONNREFUSED");
      const isThere = () => [dir, settings.data_directory].filter((folder) => existsSync(folder));
      await expect.poll(isThere, { timeout: 10_000 }).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
