import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { CertificateAuthority } from "@rotated-secrets/sandbox/control-plane/certificate-authority";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { TestDatabase } from "../../testing/test-database.ts";
import { postgresConnector, withConnection } from "./postgres-connection.ts";
import type { PostgresLogin } from "./postgres-document.ts";

const TIMEOUT_MS = 30_000;
const SSL_STATE = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start();
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that calls `onConnection` for each connection. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function login(changes: Partial<PostgresLogin> = {}): PostgresLogin {
  const { host, port, master } = database.server;
  const password = new SecretValue(master.password);
  return { host, port, database: "postgres", tls: true, username: master.username, password, ...changes };
}

async function ask(at: PostgresLogin, sql: string, ca: string | undefined = database.ca) {
  return await withConnection(postgresConnector({ certificateAuthorities: ca }), at, (connection) =>
    connection.run({ purpose: "ask", sql }),
  );
}

describe("a connection", () => {
  it("uses TLS by default", async () => {
    expect(await ask(login(), SSL_STATE)).toEqual([{ ssl: "t" }]);
  });

  it("is in plaintext if the document asks for it", async () => {
    expect(await ask(login({ tls: false }), SSL_STATE)).toEqual([{ ssl: "f" }]);
  });

  it.each<[string, Partial<PostgresLogin>, string, RegExp]>([
    ["a wrong password", { password: new SecretValue("guessed") }, "authentication", /28P01/],
    ["a missing user", { username: "nobody" }, "authentication", /as "nobody"/],
    ["a missing database", { database: "nowhere" }, "database", /Correct "dbname"/],
    ["an unknown host", { host: "no-such-host.invalid" }, "unreachable", /no-such-host\.invalid:/],
  ])("fails for %s, and the error says so", async (_, changes, kind, message) => {
    const failure = ask(login(changes), "SELECT 1");
    await expect(failure).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining("guessed") });
  });

  it("fails for a port without a listener", async () => {
    const port = await listen(() => {});
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await expect(ask(login({ port }), "SELECT 1")).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it(
    "fails in time for a server that accepts connections and never answers",
    async () => {
      const sockets: Socket[] = [];
      const port = await listen((socket) => sockets.push(socket));
      await expect(ask(login({ port }), "SELECT 1")).rejects.toMatchObject({ kind: "unreachable" });
      for (const socket of sockets) socket.destroy();
    },
    TIMEOUT_MS,
  );
});

describe("a connection of a function that ran out of time", () => {
  const outOfTime = { kind: "busy", message: expect.stringContaining("the function ran out of time") };

  it("is not opened", async () => {
    const connect = postgresConnector({ certificateAuthorities: database.ca, signal: AbortSignal.abort() });
    await expect(connect(login())).rejects.toMatchObject(outOfTime);
  });

  it.each([true, false])("is cut in the middle of a statement (TLS: %s)", async (tls) => {
    const controller = new AbortController();
    const { signal } = controller;
    const connect = postgresConnector({ certificateAuthorities: database.ca, signal });
    const connection = await connect(login({ tls }));
    await connection.run({ purpose: "begin", sql: "BEGIN" });
    const slow = connection.run({ purpose: "sleep", sql: "SELECT pg_sleep(5)" });
    const failure = expect(slow).rejects.toMatchObject(outOfTime);
    controller.abort();
    await failure;
    await connection.end();
    await expect(connection.run({ purpose: "go on", sql: "SELECT 1" })).rejects.toMatchObject(outOfTime);
  });
});

describe("a session that the server ended", () => {
  const named = {
    kind: "busy",
    message: expect.stringMatching(/25P0[34].*Raise idle_in_transaction_session_timeout/),
  };

  it("during a statement is reported with the timeout to raise", async () => {
    const endless = "BEGIN; SET LOCAL transaction_timeout = 1; SELECT pg_sleep(60)";
    await expect(ask(login(), endless)).rejects.toMatchObject(named);
  });

  it("between two statements is reported in the same way", async () => {
    const connection = await postgresConnector({ certificateAuthorities: database.ca })(login());
    const [backend] = await connection.run({ purpose: "ask", sql: "SELECT pg_backend_pid() AS pid" });
    await connection.run({
      purpose: "wait",
      sql: "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 1",
    });
    const isThere = `SELECT 1 FROM pg_stat_activity WHERE pid = ${backend?.["pid"]}`;
    await expect.poll(() => database.asSuperuser(isThere), { timeout: 10_000 }).toEqual([]);
    await expect(connection.run({ purpose: "go on", sql: "SELECT 1" })).rejects.toMatchObject(named);
    await connection.end();
  });
});

describe("TLS", () => {
  it("accepts a bundle of many authorities with texts between them, like that of RDS", async () => {
    const others = await Promise.all(["one", "two"].map((name) => CertificateAuthority.create(name)));
    const bundle = [...others.map(({ certPem }) => certPem), database.ca].join("# a comment\n\n");
    expect(await ask(login(), SSL_STATE, bundle)).toEqual([{ ssl: "t" }]);
  });

  it("fails for a certificate of an authority that is not trusted", async () => {
    await expect(
      withConnection(postgresConnector({ certificateAuthorities: undefined }), login(), async () => {}),
    ).rejects.toMatchObject({
      kind: "tls",
      message: expect.stringContaining("ROTATED_SECRETS_CA_FILE"),
    });
  });

  it("fails for a server without TLS, and sends it nothing more", async () => {
    let received = 0;
    const port = await listen((socket) =>
      socket.on("data", (data) => {
        received += data.length;
        socket.write("N");
      }),
    );
    await expect(ask(login({ port }), "SELECT 1")).rejects.toMatchObject({
      kind: "tls",
      message: expect.stringContaining('"ssl": false'),
    });
    const SSL_REQUEST_BYTES = 8;
    expect(received).toBe(SSL_REQUEST_BYTES);
  });

  it("fails for a certificate of a different host", async () => {
    const authority = await CertificateAuthority.create("test CA");
    const { certPem, keyPem } = await authority.issueServing("other", {
      dns: ["other.example"],
      ip: ["127.0.0.2"],
    });
    const port = await listen((socket) => {
      socket.once("data", () => {
        socket.write("S");
        new TLSSocket(socket, { isServer: true, cert: certPem, key: keyPem }).on("error", () => {});
      });
    });
    await expect(ask(login({ port }), "SELECT 1", authority.certPem)).rejects.toMatchObject({
      kind: "tls",
      message: expect.stringContaining("a host name from the certificate"),
    });
  });
});

describe("a statement", () => {
  it("that fails is reported by its code, without its text and values", async () => {
    const failure = ask(login(), "SELECT 'planted'::int");
    await expect(failure).rejects.toMatchObject({
      kind: "database",
      message: expect.stringContaining("22P02"),
    });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining("planted") });
  });

  it("without the required rights is reported with advice", async () => {
    const denied = withConnection(
      postgresConnector({ certificateAuthorities: database.ca }),
      login(),
      (connection) =>
        connection.run({ purpose: "look", sql: "SELECT * FROM pg_authid", whenDenied: "Ask Anna." }),
    );
    await expect(denied).rejects.toMatchObject({
      kind: "privilege",
      message: expect.stringMatching(/look.*42501.*Anna/),
    });
  });
});

describe("a login beyond a limit of connections", () => {
  it.each([
    ["ROLE limited", "the user has used up its CONNECTION LIMIT"],
    ["DATABASE limited", "the database has used up its CONNECTION LIMIT"],
  ])("is reported with the limit of the %s", async (what, reason) => {
    await database.asSuperuser("DROP DATABASE IF EXISTS limited");
    await database.asSuperuser("DROP ROLE IF EXISTS limited");
    await database.asSuperuser("CREATE DATABASE limited");
    await database.asSuperuser("CREATE ROLE limited LOGIN PASSWORD 'limited'");
    await database.asSuperuser(`ALTER ${what} CONNECTION LIMIT 0`);
    const password = new SecretValue("limited");
    await expect(
      ask(login({ username: "limited", password, database: "limited" }), "SELECT 1"),
    ).rejects.toMatchObject({
      kind: "busy",
      message: expect.stringContaining(reason),
    });
  });
});
